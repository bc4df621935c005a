"""Staff: the user model."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet


class PersonManager(BaseUserManager["Person"].from_queryset(PermittedQuerySet)):  # type: ignore[misc]
    """Makes accounts with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """A person who can log in; without a password only the superior's reset opens the account."""
        person: Person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """Log-in names are compared without regard to case."""
        return self.get(username=(username or "").lower())  # type: ignore[no-any-return]


class Person(AbstractBaseUser):
    """A member of staff, or a technical administrator, who has no rights in the trade.

    `leaves_on` is the last working day: from the next day on the account is closed. Sessions that began before
    `sessions_valid_from` have ended, whoever holds their cookie. `has_stood_in` is set by the database with the first
    deputyship and never taken back: whoever was never named a deputy is spared the question in whose place they act.
    """

    username = models.CharField(
        _("log-in name"), max_length=40, unique=True, validators=[ASCIIUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=40)
    employee_no = models.CharField(_("employee number"), max_length=20, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_technical_admin = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True)
    sessions_valid_from = models.DateTimeField(null=True)
    hired_on = models.DateField(null=True)
    has_stood_in = models.BooleanField(default=False)
    leaves_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "employee_no"]

    objects: Any = PersonManager()

    class Meta:
        ordering = ["employee_no"]
        constraints = [
            models.CheckConstraint(
                name="person_username_lower", condition=models.Q(username=Lower("username"))
            )
        ]
        verbose_name = _("Person")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.username = self.username.lower()

    @property
    def post_label(self) -> str:
        """The title of today's first post in the language of the page; empty without one."""
        from orgchart.scope import scope_of

        posts = scope_of(self).posts
        return posts[0].title if posts else ""

    @property
    def standing_in(self) -> tuple[Any, ...]:
        """Posts of others in which the person stands in today (see `orgchart.scope.Post`)."""
        from orgchart.scope import scope_of

        return tuple(post for post in scope_of(self).posts if post.acting_for is not None)

    def get_full_name(self) -> str:
        """The name as it is shown."""
        return self.name
