"""The settings: defaults, what each accepts, and how a bad value is answered."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.settings import VARIABLES, Settings, SettingsError


def test_nothing_set_serves_on_this_machine_only_from_a_folder_beside_us() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings(
        database_url=None,
        data=Path.cwd() / ".suyuan",
        port=8000,
        host="127.0.0.1",
        public_url="http://127.0.0.1:8000",
        dev=False,
    )


def test_an_empty_value_counts_as_unset() -> None:
    empty = {variable.name: " " for variable in VARIABLES}
    assert Settings.from_environment(empty) == Settings.from_environment({})


def test_every_value_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://app:secret@db:5432/suyuan",
            "SUYUAN_DATA": str(tmp_path / "a folder"),
            "PORT": "80",
            "SUYUAN_HOST": "0.0.0.0",  # noqa: S104
            "SUYUAN_PUBLIC_URL": "https://sy.luoding.example/溯源/",
            "SUYUAN_DEV": "on",
        }
    )
    assert settings.database_url == "postgresql://app:secret@db:5432/suyuan"
    assert settings.data == tmp_path / "a folder"
    assert (settings.port, settings.host, settings.dev) == (80, "0.0.0.0", True)  # noqa: S104
    assert settings.public_url == "https://sy.luoding.example/溯源"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("::1", "http://[::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
        ("::", "http://127.0.0.1:8000"),
        ("sy.local", "http://sy.local:8000"),
    ],
)
def test_the_public_url_follows_the_host_when_it_is_not_given(host: str, url: str) -> None:
    assert Settings.from_environment({"SUYUAN_HOST": host}).public_url == url


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://db/suyuan"),
        ("DATABASE_URL", "host=db dbname=suyuan"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "eighty"),
        ("PORT", "８０００"),
        ("SUYUAN_HOST", "http://localhost"),
        ("SUYUAN_HOST", "two words"),
        ("SUYUAN_DATA", __file__),
        ("SUYUAN_DATA", f"{__file__}/below"),
        ("SUYUAN_DATA", "nul\0byte"),
        ("SUYUAN_DATA", "~nobody-has-this-name"),
        ("SUYUAN_GRAPHQL_DOCUMENTS", "~nobody-has-this-name"),
        ("SUYUAN_GRAPHQL_DOCUMENTS", "nul\0byte"),
        ("SUYUAN_PUBLIC_URL", "sy.example.cn"),
        ("SUYUAN_PUBLIC_URL", "ftp://sy.example.cn"),
        ("SUYUAN_PUBLIC_URL", "https://sy.example.cn/?a=b"),
        ("SUYUAN_PUBLIC_URL", "https://me:secret@sy.example.cn"),
        ("SUYUAN_PUBLIC_URL", "https://sy.example.cn:port"),
        ("SUYUAN_PUBLIC_URL", "https://[::1"),
        ("SUYUAN_DEV", "perhaps"),
    ],
)
def test_a_bad_value_is_answered_with_its_name_and_what_to_give(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({variable: value})
    assert raised.value.variable == variable
    assert str(raised.value).startswith(f"{variable}=")
    assert raised.value.remedy


def test_a_database_password_is_not_shown_in_an_error() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({"DATABASE_URL": "postgres:/app:hunter2@db/suyuan"})
    assert "hunter2" not in str(raised.value)


@given(
    st.dictionaries(st.sampled_from([variable.name for variable in VARIABLES]), st.text(max_size=9))
)
def test_any_environment_gives_settings_or_a_settings_error(environment: dict[str, str]) -> None:
    try:
        settings = Settings.from_environment(environment)
    except SettingsError:
        return
    assert settings.public_url.startswith(("http://", "https://"))
    assert settings.data.is_absolute()


def test_settings_are_frozen_and_each_has_its_variable() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    derived = {"public_url_set"}
    assert fields - derived == {
        variable.name.lower().removeprefix("suyuan_") for variable in VARIABLES
    }
    assert all("\n" not in variable.description for variable in VARIABLES)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_environment({}).port = 1  # type: ignore[misc]
