pub(crate) mod chains;
pub(crate) mod device;
pub(crate) mod openssl;
pub(crate) mod rogue;
pub(crate) mod server;
