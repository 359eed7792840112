"""The staff admin: for the operator's trusted staff only, and nothing that moves money can be edited in it."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from linli.catalog.models import Category, Product
from linli.core.models import AuditEntry, DatedValue, SetAside
from linli.distribution.models import Owner, Plan
from linli.members.models import Member, RoleGrant
from linli.merchants.models import Merchant, ServiceFeeRate, Staff
from linli.payments.models import Charge, Notice, Refund
from linli.trade.models import Aftersale, Order


class Seen(ModelAdmin):
    """Rows to be read, never written, here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class Kept(ModelAdmin):
    """Rows to be written and changed, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(Kept):
    list_display = ("name", "name_en", "parent", "position")


@admin.register(Merchant)
class MerchantAdmin(Kept):
    list_display = ("name", "freight_fen", "free_freight_from_fen", "ships_within_hours")


@admin.register(Staff)
class StaffAdmin(ModelAdmin):
    list_display = ("merchant", "member")
    raw_id_fields = ("member",)


@admin.register(RoleGrant)
class RoleGrantAdmin(ModelAdmin):
    list_display = ("member", "role", "scope")
    raw_id_fields = ("member",)


@admin.register(ServiceFeeRate)
class ServiceFeeRateAdmin(Kept):
    list_display = ("merchant", "rate_bp", "active_from")


@admin.register(DatedValue)
class DatedValueAdmin(Kept):
    list_display = ("key", "value", "active_from")


@admin.register(Member)
class MemberAdmin(Seen):
    list_display = ("name", "phone", "status", "created_at")
    search_fields = ("phone", "name")


@admin.register(Owner)
class OwnerAdmin(Seen):
    list_display = ("shop_name", "tier", "status", "sponsor", "leader", "opened_at")
    search_fields = ("shop_name", "shop_code")


@admin.register(Product)
class ProductAdmin(Seen):
    list_display = ("title", "merchant", "state", "price_fen", "rate_bp", "sold_count")
    search_fields = ("title",)


@admin.register(Order)
class OrderAdmin(Seen):
    list_display = ("order_no", "merchant", "state", "total_fen", "refunded_fen", "placed_at")
    search_fields = ("order_no",)
    list_filter = ("state",)


@admin.register(Aftersale)
class AftersaleAdmin(Seen):
    list_display = ("aftersale_no", "order", "kind", "state", "amount_fen", "decide_by")


@admin.register(Charge)
class ChargeAdmin(Seen):
    list_display = ("charge_no", "gateway", "purpose", "amount_fen", "state", "created_at")
    search_fields = ("charge_no",)


@admin.register(Refund)
class RefundAdmin(Seen):
    list_display = ("refund_no", "order_no", "amount_fen", "state", "tries", "last_error")


@admin.register(Notice)
class NoticeAdmin(Seen):
    list_display = ("gateway", "notice_id", "state", "why", "received_at")


@admin.register(Plan)
class PlanAdmin(Seen):
    list_display = ("name", "version", "active_from", "document_hash")


@admin.register(AuditEntry)
class AuditEntryAdmin(Seen):
    list_display = ("created_at", "actor_id", "action", "subject")
    search_fields = ("subject",)


@admin.register(SetAside)
class SetAsideAdmin(Seen):
    list_display = ("queue", "item", "error", "tries", "created_at", "next_try_at")
