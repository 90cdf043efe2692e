"""PYTHON.md names every public member of the SDK, and every option of its clients."""

import inspect
import re
from enum import Enum
from pathlib import Path

import pytest
from azure.core import exceptions, messaging
from azure.core.configuration import ConnectionConfiguration
from azure.core.credentials import AzureKeyCredential, AzureSasCredential
from azure.core.pipeline import policies
from azure import eventgrid
from azure.eventgrid import aio, models

PAGE = Path(__file__).parents[2] / "crates" / "eventgrid" / "PYTHON.md"

# What the pipelines of both clients are made of.
TAKE_OPTIONS = [
    ConnectionConfiguration,
    policies.BearerTokenCredentialPolicy,
    policies.ContentDecodePolicy,
    policies.CustomHookPolicy,
    policies.DistributedTracingPolicy,
    policies.HeadersPolicy,
    policies.HttpLoggingPolicy,
    policies.NetworkTraceLoggingPolicy,
    policies.ProxyPolicy,
    policies.RedirectPolicy,
    policies.RequestIdPolicy,
    policies.RetryPolicy,
    policies.SensitiveHeaderCleanupPolicy,
    policies.UserAgentPolicy,
]

# Arguments that the SDK gives itself, or that it only takes one by one.
NOT_OPTIONS = {"base_headers", "base_user_agent", "credential", "scopes"}


def parameters(function):
    signature = inspect.signature(function).parameters.values()
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {parameter.name for parameter in signature if parameter.kind not in variadic} - {"self"}


def members(kind):
    """The names of a class's public members, and of what its constructor and a client's methods take."""
    if issubclass(kind, Enum):
        return set(kind.__members__)
    names = {name for name in dir(kind) if not name.startswith("_")}
    functions = [kind.__init__]
    if kind.__name__.endswith("Client"):
        functions += [getattr(kind, name) for name in names]
    return names.union(*map(parameters, functions))


def options(kind):
    """The names of the keyword arguments that a part of the pipeline looks for."""
    found = parameters(kind.__init__)
    for base in kind.__mro__:
        if base.__module__.startswith("azure.core."):
            source = inspect.getsource(base)
            found.update(re.findall(r'\b(?:kwargs|options|options_dict)\.(?:pop|get)\(\s*"(\w+)"', source))
    return found - NOT_OPTIONS


def public_names():
    for module in (eventgrid, aio, models):
        for name in module.__all__:
            yield module.__name__, {name}
            member = getattr(module, name)
            if name == "SystemEventNames":
                continue  # Its members are known by their values.
            yield name, members(member) if inspect.isclass(member) else parameters(member)
    for kind in (messaging.CloudEvent, AzureKeyCredential, AzureSasCredential):
        yield kind.__name__, {kind.__name__} | members(kind)
    errors = inspect.getmembers(exceptions, lambda member: inspect.isclass(member) and issubclass(member, Exception))
    yield "exceptions", {name for name, error in errors if error.__module__ == exceptions.__name__}
    for kind in TAKE_OPTIONS:
        yield kind.__name__, options(kind)


@pytest.mark.parametrize("owner, names", list(public_names()))
def test_every_member_is_in_the_page(owner, names):
    prose = re.sub(r"^```.*?^```", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    code = " ".join(re.findall(r"`([^`]+)`", prose))
    assert names - set(re.findall(r"\w+", code)) == set(), owner
