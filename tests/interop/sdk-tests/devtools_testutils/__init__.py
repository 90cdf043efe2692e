"""What the SDK's tests need of `devtools_testutils`, which is in no registry: names for live runs.

The tests ask for endpoints and keys, which come from the environment, and for a credential. What
they say about recordings has no effect here: they always talk to a server.
"""

import inspect
import os

import pytest
from azure.core.credentials import AccessToken


class _TokenCredential:
    def get_token(self, *_scopes, **_options):
        return AccessToken(os.environ["BEARER_TOKEN"], 2**40)


class _AsyncTokenCredential:
    async def get_token(self, *_scopes, **_options):
        return AccessToken(os.environ["BEARER_TOKEN"], 2**40)


class AzureRecordedTestCase:
    def get_credential(self, client_class, **_options):
        # Some tests of asynchronous clients do not say `is_async`.
        return _AsyncTokenCredential() if ".aio" in client_class.__module__ else _TokenCredential()

    def create_client_from_credential(self, client_class, credential, **options):
        return client_class(credential=credential, **options)


AzureMgmtRecordedTestCase = AzureRecordedTestCase


def EnvironmentVariableLoader(_directory, **names):
    """Calls a test with the variables of the environment that its parameters name."""

    def decorate(test):
        parameters = inspect.signature(test).parameters
        takes_all = any(parameter.kind == parameter.VAR_KEYWORD for parameter in parameters.values())

        # No `functools.wraps`: pytest would take the parameters for fixtures.
        def with_variables(self):
            return test(self, **{name: os.environ[name.upper()] for name in names if takes_all or name in parameters})

        async def with_variables_async(self):
            await with_variables(self)

        decorated = with_variables_async if inspect.iscoroutinefunction(test) else with_variables
        decorated.__name__ = test.__name__
        decorated.pytestmark = getattr(test, "pytestmark", [])
        return decorated

    return decorate


def recorded_by_proxy(test):
    return test


@pytest.fixture(scope="session")
def test_proxy():
    """The tests' own `conftest.py` asks for it."""


def _ignored(**_options):
    """Recordings are not made, so nothing is removed from them."""


add_body_key_sanitizer = add_body_regex_sanitizer = _ignored
add_general_string_sanitizer = add_header_regex_sanitizer = add_oauth_response_sanitizer = _ignored
