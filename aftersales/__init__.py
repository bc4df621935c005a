"""The project package. Celery's application is loaded with it, so that pages and commands use the same broker."""

from aftersales.celery import app as celery_app

__all__ = ["celery_app"]
