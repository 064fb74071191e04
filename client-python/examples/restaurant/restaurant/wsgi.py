import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "restaurant.settings")
application = get_wsgi_application()

from valletpv_hub.django import start_beside_server  # noqa: E402

start_beside_server()
