"""The web application: ``create_app(platform)``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import webapp.api
import webapp.pages
from engine.bootstrap import Platform
from webapp import assets, auth, context, errors, i18n, moments, navigation, security


def create_app(platform: Platform) -> Flask:
    """A WSGI application that serves the pages and the JSON interface of ``platform``."""
    app = Flask("webapp", static_folder=None)
    context.attach(app, platform)
    security.install(app, platform.settings)
    i18n.install(app)
    moments.install(app)
    errors.install(app)
    assets.install(app)
    auth.require_sign_in(app, context.actor_or_none)
    modules = [*_modules(webapp.pages), *_modules(webapp.api)]
    for module in modules:
        app.register_blueprint(module.blueprint)
    navigation.install(app, [item for module in modules for item in getattr(module, "NAVIGATION", ())])
    app.jinja_env.globals["actor"] = context.actor_or_none
    if platform.settings.proxies:
        hops = platform.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a package that have a blueprint."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "blueprint"):
            yield module
