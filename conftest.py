"""Loads the plugin for this suite; installing hapi-pytest changes nothing for others."""

pytest_plugins = ["hapi_pytest.plugin"]
