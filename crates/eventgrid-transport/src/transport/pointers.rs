//! Transports that are shared by a reference or an `Arc`.

use super::{AsyncOpen, AsyncTransport, Open, SendAsyncTransport, Transport};
use crate::request::Request;
use crate::response::Response;

macro_rules! through_pointer {
    ($($pointer:ty),+) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            type Error = T::Error;

            fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), T::Error> {
                (**self).send(request, response)
            }

            fn close(&self) {
                (**self).close();
            }
        }

        impl<T: Open + ?Sized> Open for $pointer {
            type Body<'t>
                = T::Body<'t>
            where
                Self: 't;

            fn open(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<T::Body<'_>, T::Error> {
                (**self).open(request, response)
            }
        }
    )+};
}

through_pointer!(&T);
#[cfg(feature = "std")]
through_pointer!(std::sync::Arc<T>);

macro_rules! through_pointer_asynchronously {
    ($($pointer:ty $(, $send:ident)?);+) => {$(
        impl<T: SendAsyncTransport $(+ $send)?> SendAsyncTransport for $pointer {
            type Error = T::Error;

            fn send(
                &self,
                request: &Request<'_>,
                response: &mut Response<'_>,
            ) -> impl Future<Output = Result<(), T::Error>> + Send {
                SendAsyncTransport::send(&**self, request, response)
            }

            fn close(&self) -> impl Future<Output = ()> + Send {
                SendAsyncTransport::close(&**self)
            }
        }

        impl<T> AsyncOpen for $pointer
        where
            T: AsyncOpen + SendAsyncTransport<Error = <T as AsyncTransport>::Error> $(+ $send)?,
        {
            type Body<'t>
                = T::Body<'t>
            where
                Self: 't;

            async fn open(
                &self,
                request: &Request<'_>,
                response: &mut Response<'_>,
            ) -> Result<T::Body<'_>, <T as AsyncTransport>::Error> {
                AsyncOpen::open(&**self, request, response).await
            }
        }
    )+};
}

through_pointer_asynchronously!(&T);
#[cfg(feature = "std")]
through_pointer_asynchronously!(std::sync::Arc<T>, Send);
