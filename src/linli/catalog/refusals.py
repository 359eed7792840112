"""Why the catalog may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.rule,
    {
        "favourites_full": gettext_lazy("You can keep up to 500 products. Remove some first."),
        "title_length": gettext_lazy("A title has 1 to 80 characters."),
        "subtitle_length": gettext_lazy("A subtitle has at most 120 characters."),
        "no_sku": gettext_lazy("At least one variant is needed."),
        "too_many_skus": gettext_lazy("At most 100 variants."),
        "sku_twice": gettext_lazy(
            "Two variants have the same name, or one has the name that another has or had."
        ),
        "sku_promised": gettext_lazy(
            "A campaign still sells this variant. Stop the campaign before you take it off."
        ),
        "sku_length": gettext_lazy("A variant's name has at most 120 characters."),
        "code_length": gettext_lazy("A variant's code has at most 60 characters."),
        "price_range": gettext_lazy("A price is ¥0 to ¥1,000,000."),
        "stock_range": gettext_lazy("Stock is 0 to 100,000,000."),
        "market_price_low": gettext_lazy(
            "The price that is struck through can't be lower than the price itself."
        ),
        "bad_price": gettext_lazy("A price is not an amount of money."),
        "price_fixed": gettext_lazy(
            "A campaign shows this price struck through. Stop the campaign before you raise it."
        ),
        "bad_category": gettext_lazy("There is no such category."),
        "bad_product": gettext_lazy("The product cannot be as it is; look at the fields that are named."),
        "no_such_product": gettext_lazy("There is no product with this number."),
        "not_for_sale": gettext_lazy("Something in it is no longer on sale."),
        "rate_range": gettext_lazy("A commission rate is 5% to 40%, or 0 for none."),
        "too_many_images": gettext_lazy("At most nine pictures."),
    },
)
