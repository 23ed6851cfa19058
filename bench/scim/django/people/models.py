from django.contrib.auth.models import AbstractUser, Group
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class ScimGroup(AbstractSCIMGroupMixin, Group):
    pass


class User(AbstractSCIMUserMixin, AbstractUser):
    """What the package's own adapter stores; as its documentation shows."""

    @property
    def scim_groups(self):
        return ScimGroup.objects.filter(user=self)
