//! The exit codes.

/// What scripts can tell failures apart by. Each kind has an exit code, which is documented and
/// does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// Anything else: a file that cannot be read, a command that cannot be run.
    Other,
    /// The arguments, the environment or the input are not valid. The argument parser uses the same
    /// code.
    Usage,
    /// There is no credential, or the service does not accept it (401, 403).
    Authentication,
    /// There is no such topic or subscription (404).
    NotFound,
    /// The service asks to slow down (429), also after the retries.
    Throttled,
    /// Some events or lock tokens were accepted and others were not.
    Partial,
    /// No complete response came.
    Network,
    /// The service refused the request otherwise (4xx), failed (5xx), or its response cannot be
    /// understood.
    Service,
    /// A signal asked the program to end (`SIGINT`).
    Interrupted,
    /// Whoever reads stdout has closed it.
    ClosedPipe,
    /// A signal asked the program to end (`SIGTERM`).
    Terminated,
    /// The terminal was closed (`SIGHUP`).
    HungUp,
}

impl FailureKind {
    /// The code. Those of signals are 128 and the number of the signal, as shells have them.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Authentication => 3,
            Self::NotFound => 4,
            Self::Throttled => 5,
            Self::Partial => 6,
            Self::Network => 7,
            Self::Service => 8,
            Self::HungUp => 128 + 1,
            Self::Interrupted => 128 + 2,
            Self::ClosedPipe => 128 + 13,
            Self::Terminated => 128 + 15,
        }
    }
}

/// The codes as the help shows them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  something on this machine failed, such as reading a file
    2  the arguments, the environment or the input are not valid
    3  there is no credential, or the service does not accept it (401, 403)
    4  there is no such topic or subscription (404)
    5  the service asks to slow down (429)
    6  some events or lock tokens were accepted, others were not
    7  no complete response came: the network, a proxy, TLS
    8  the service refused the request otherwise, or failed
  129  the terminal was closed (SIGHUP)
  130  interrupted (SIGINT); 143 terminated (SIGTERM); 141 stdout was closed";
