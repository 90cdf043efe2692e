pub(crate) mod device;
pub(crate) mod openssl;
pub(crate) mod rogue;
