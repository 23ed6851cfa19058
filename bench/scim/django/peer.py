"""
The peer with a database: django-scim2 over PostgreSQL, set up as its documentation shows, served by gunicorn.
DATABASE_HOST is the folder of the server's socket. `python peer.py USERS` makes tables and people.
"""
import os
import sys

from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_scim", "people"],
    AUTH_USER_MODEL="people.User",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    MIDDLEWARE=["peer.authenticate", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    MIGRATION_MODULES={"auth": None, "contenttypes": None, "people": None},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["DATABASE_NAME"],
            "USER": "postgres",
            "HOST": os.environ["DATABASE_HOST"],
            "CONN_MAX_AGE": None,
        }
    },
    LOGGING_CONFIG=None,
    SCIM_SERVICE_PROVIDER={
        "NETLOC": "localhost",
        "SCHEME": "http",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "Bearer", "description": "Bearer token"}],
        "USER_ADAPTER": "django_scim.adapters.SCIMUser",
        "GROUP_MODEL": "people.models.ScimGroup",
        "GROUP_ADAPTER": "django_scim.adapters.SCIMGroup",
    },
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from people.models import ScimGroup, User  # noqa: E402

urlpatterns = [path("scim/v2/", include("django_scim.urls", namespace="scim"))]


def authenticate(get_response):
    known = {}

    def middleware(request):
        if request.headers.get("authorization") == "Bearer bench":
            known.setdefault("user", User(username="bench", id=0))
            request.user = known["user"]
        return get_response(request)

    return middleware


def fill(count):
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    for start in range(0, count, 5_000):
        User.objects.bulk_create(
            User(
                id=n + 1,
                scim_id=str(n + 1),
                scim_external_id=f"ext-{n}",
                username=f"user{n}@contoso.example",
                scim_username=f"user{n}@contoso.example",
                first_name="Adele",
                last_name=f"Vance {n % 997}",
                email=f"user{n}@contoso.example",
            )
            for n in range(start, min(start + 5_000, count))
        )
    through = User.groups.through
    for number, size in enumerate(size for size in (1_000, 10_000, 100_000) if size <= count):
        group = ScimGroup.objects.create(id=number + 1, scim_id=str(number + 1), name=f"Group {number}")
        through.objects.bulk_create((through(user_id=n + 1, group_id=group.id) for n in range(size)), batch_size=10_000)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('people_user_id_seq', %s)", [count + 1])
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.modules["peer"] = sys.modules["__main__"]
    fill(int(sys.argv[1]))
else:
    application = get_wsgi_application()
