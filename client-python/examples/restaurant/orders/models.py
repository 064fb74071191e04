from django.db import models


class Order(models.Model):
    telegram_user_id = models.BigIntegerField("persona")
    text = models.TextField("pedido")
    taken_at = models.DateTimeField("tomado", auto_now_add=True)

    def __str__(self):
        return self.text
