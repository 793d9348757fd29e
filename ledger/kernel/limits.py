"""Limits: every bound of the ledger, in one place, so that nothing grows without one."""

AMOUNT_MAX = 2**63 - 1
"""Largest amount or balance in smallest units: a signed 64-bit integer."""

QUANTITY_MAX = 10**15
"""Largest quantity of one meter on one line."""

TEXT_MAX = 255
"""Characters of an id, a label or a reference."""

REASON_MAX = 1_000
"""Characters of a reason."""

METADATA_ENTRIES_MAX = 50
METADATA_VALUE_MAX = 500
"""Characters of one metadata value; a name has at most `TEXT_MAX`."""

LINES_PER_EVENT_MAX = 1_000
"""Usage lines in one request and so in one event."""

METERS_PER_LINE_MAX = 20
"""Other meters (`quantities`) of one usage line."""

PRICES_PER_CARD_MAX = 10_000
"""Prices in one version of a rate card."""

NAMES_PER_CARD_MAX = 20_000
"""Names of models and of providers in one version of a rate card."""

NAMES_FOUND_MAX = 10_000
"""Names of lines whose meaning a version of a rate card remembers."""

EXCLUDED_PER_NAME_MAX = 10
"""Patterns that one name excludes."""

WILDCARDS_MAX = 4
"""How often a name says "any text"."""

PRICE_DECIMALS_MAX = 12
"""Decimals of a price: one millionth of a millionth of a dollar."""

TIME_MAX_US = 253_394_351_999_999_999
"""The last moment that is stored, or computed from one that is: 9999-09-30T23:59:59.999999Z, so
that a quarter of a year may be added to any stored moment within the calendar."""

DECIMALS_MAX = 18
"""Decimals of an amount whose asset is not known yet: more than any asset has."""

FUTURE_MAX_US = 5 * 60 * 1_000_000
"""How far ahead of the ledger's clock a use may have occurred, in microseconds."""

LATE_AFTER_US = 5 * 60 * 1_000_000
"""A use recorded later than this after it occurred is marked late, in microseconds."""

CLOCK_SKEW_MAX_US = 5 * 1_000_000
"""A process whose clock is further than this from the database's does not write."""

PRIORITY_DEFAULT = 50
PRIORITY_MAX = 100

OPEN_HOLDS_MAX = 1_000
"""Open holds of one user."""

POOL_HOLDS_MAX = 2_000
"""Open holds of all members of a shared org together. They stand in the row of the pool, which each
of its commits writes: the more, the longer other orgs wait for such a commit."""

OPEN_LOTS_MAX = 1_000
"""Open lots of one wallet that credit may still come in to as a lot of its own. They stand in its
row, which each of its commits writes."""

RESTORED_LOTS_MAX = 3_000
"""The same for what a reversal gives back: what was wrong can be put right in a full wallet."""

HOLD_DEFAULT_US = 15 * 60 * 1_000_000
"""How long a hold lasts when the caller does not say."""

HOLD_MAX_US = 7 * 24 * 3600 * 1_000_000
"""How long a hold lasts at most, with all its extensions."""

CAPTURE_AFTER_EXPIRY_US = 24 * 3600 * 1_000_000
"""How long after its expiry a hold can still be captured, as a plain debit."""

TEXTS_PER_ERASURE_MAX = 10_000
"""Texts erased by one event; who has more is erased by several."""

CAPS_MAX = 200
"""Spend caps of one org."""

ROLES_MAX = 32
"""Roles of its own of one org."""

ROLLING_DAYS_MAX = 366
"""Days of a rolling period."""

ROLL_OVER_US = 90 * 24 * 3600 * 1_000_000
"""How long included credits last after the end of their period."""

STARTER_AMOUNT = 5_000 * 1_000_000
"""Microcredits that a user is welcomed with: 5 USD."""

STARTER_LASTS_US = 30 * 24 * 3600 * 1_000_000
"""How long the starter credit lasts."""

CREDITS_PRICE_MAX = 1_000_000
"""Largest price of 1,000 credits, in smallest units of its currency: each of those buys some."""

BONUSES_MAX = 50
"""Bonuses of one list of offers."""

BONUS_BPS_MAX = 10_000
"""Largest bonus, in basis points: as much again."""

RECHARGES_MONTHLY_MAX = 100
"""Largest number of recharges of a wallet in a month that a rule allows."""

REFUND_DAYS_MAX = 3_650
"""Longest time in which an org refunds, in days."""

PURCHASES_HOURLY_MAX = 1_000
"""Largest number of purchases of a user in an hour that an org lets pass without a look."""

PLANS_MAX = 200
"""Plans of one org."""

PLAN_PRICE_MAX = 10**12
"""Largest price of a plan's period or of a seat, in smallest units of its currency."""

INTERVALS_MAX = 24
"""Most months, or years, of a plan's period."""

SEATS_MAX = 100_000
"""Most seats of one subscription."""

DUNNING_DAYS_MAX = 365
"""Longest time that money which did not come in is asked for, in days."""

RETRIES_MAX = 10
"""How often a payment method is tried again."""

COUPON_PERIODS_MAX = 1_200
"""Most periods that a coupon is for, unless it is for all."""

COUPONS_PER_PAYER_MAX = 100
"""Coupons that one payer redeems."""

TRIAL_DAYS_MAX = 730
"""Longest trial, in days."""

ROLL_OVER_DAYS_MAX = 3_650
"""Longest time that included credits last after their period, in days."""

ENTITLEMENTS_MAX = 100
"""Entitlements of one plan, and classes of routes that it limits."""

FRESH_US = 10_000_000
"""What is this young, by the clock of whoever verifies, may be on its way: to be signed, or to a
witness. A sealer at work takes a second for each."""

LINES_PER_INVOICE_MAX = 250
"""Lines of one invoice."""

DISCOUNTS_PER_INVOICE_MAX = 20
"""Discounts of one invoice."""

ITEM_QUANTITY_MAX = 10**18
"""Largest quantity of an item of an invoice, in billionths."""

UNIT_PRICE_MAX = 9 * 10**18
"""Largest unit price of an item, in millionths of a millionth of the major unit."""

SENDS_MAX = 100
"""How often the documents of one invoice are sent once more."""

CREDIT_NOTES_MAX = 100
"""Credit notes of one invoice, and payments of one."""

NET_DAYS_MAX = 365
"""Longest time until an invoice is due, in days."""

TAX_RATES_MAX = 2_000
"""Tax rates of one org."""

ADDRESS_LINES_MAX = 6
"""Lines of an address, of a footer and of instructions for payment."""

NUMBER_FORMAT_MAX = 64
"""Characters of the format of numbers of invoices."""

UNITS_MAX = 10**9
"""Largest quantity of one SKU in a line, in a reservation and in a movement of stock."""

PRICES_PER_SKU_MAX = 100
"""Base prices of one SKU, or of one catalogue item, at a time."""

SKU_PRICE_MAX = 10**12
"""Largest price of one unit of a SKU, in smallest units of its currency."""

MODIFIERS_MAX = 200
"""Modifiers of prices of one org. They stand in one row, which each quote of an order reads."""

SHIPPING_METHODS_MAX = 100
"""Shipping methods of one org. They stand in one row, which each quote of an order reads."""

COUNTRIES_PER_METHOD_MAX = 300
"""Countries to which one shipping method leads."""

PARCEL_WEIGHT_MAX = 10**12
"""Largest weight of all goods of an order that a shipping method tells apart, in grams."""

MARKUP_BPS_MAX = 100_000
"""Largest markup, in basis points: ten times as much again."""

SKUS_PER_CONDITION_MAX = 100
"""SKUs, or types of catalogue items, that one modifier or promotion names."""

LINES_PER_ORDER_MAX = 250
"""Lines of one order."""

ORDER_HOLD_US = 15 * 60 * 1_000_000
"""How long an order holds its stock until it is paid by a provider."""

TRANSFER_HOLD_US = 7 * 24 * 3600 * 1_000_000
"""The same of one that is paid by a bank transfer, which takes days."""

ORDER_PAGE_US = 31 * 60 * 1_000_000
"""How long the page is there on which an order is paid: a provider takes none away sooner than in
half an hour. Who pays after the order has let go of its stock gets it if it is still to be had."""

AUTHORISATION_US = 7 * 24 * 3600 * 1_000_000
"""How long a bank keeps the money of an order, as a rule: from then on its provider is asked."""

GUEST_ORDER_US = 90 * 24 * 3600 * 1_000_000
"""How long a guest reads an order by its secret."""

REFUNDS_PER_ORDER_MAX = 1_000
"""Refunds of one order."""

SHIPMENTS_PER_ORDER_MAX = 100
"""Shipments of one order, those that were given up among them."""

RETURNS_PER_ORDER_MAX = 100
"""Returns of one order, those that were given up among them."""

TRACKING_NUMBER_MAX = 64
"""Characters of a carrier's number of a shipment."""

EDITS_PER_ORDER_MAX = 100
"""Edits of one order."""

EXCHANGES_PER_ORDER_MAX = 100
"""Exchanges of returns of one order, those whose new order was given up among them."""

EXCHANGES_IN_A_ROW_MAX = 10
"""How often what came by an exchange is exchanged again."""

CODES_PER_ORDER_MAX = 20
"""Codes of promotions that one order names."""

GIFT_CARDS_PER_ORDER_MAX = 10
"""Gift cards that one order is paid from."""

AUTOMATIC_PROMOTIONS_MAX = 100
"""Promotions without a code that are looked at for one order: those of the lowest priority."""

ADDRESSES_PER_CUSTOMER_MAX = 20
"""Addresses that one customer has saved."""

CART_LINES_MAX = 100
"""Lines of one cart, each of another SKU, or of another slot."""

CART_ADDITIONS_MAX = 100
"""Additions that a cart keeps in mind, so that one that is sent again is not made again."""

PLACING_MAX_US = 60 * 1_000_000
"""How long an order may be on its way from its claim of a cart to its commit: longer than any
request is waited for."""

CLAIM_LASTS_US = 30 * 24 * 3600 * 1_000_000
"""How long an expired cart is kept for an order that has claimed it: no order waits so long."""

STORED_VALUE_MAX = 10**12
"""Largest balance that a gift card is issued with, or anybody adjusts one to, in smallest units of
its currency."""

OPEN_CLAIMS_MAX = 200
"""Orders that have claimed some of one gift card or store credit and are neither settled nor
released. They stand in its row, which each of its commits writes."""

CLAIM_DEFAULT_US = 15 * 60 * 1_000_000
"""How long a claim lasts when a shop that keeps its orders elsewhere does not say."""

CLAIM_MAX_US = 7 * 24 * 3600 * 1_000_000
"""How long a claim lasts at most that time ends."""

GIVEN_BACK_LASTS_US = 90 * 24 * 3600 * 1_000_000
"""How long a gift card can be used at least, once something has come back to it."""

LOCATIONS_MAX = 200
"""Locations of one org."""

LOCATION_PRIORITY_MAX = 1_000
"""The last priority that a location can have."""

STOCK_COST_MAX = 10**15
"""Largest cost of the units of one movement of stock, in smallest units of the currency."""

STOCK_VALUE_MAX = 2**62
"""Largest sum of what units of one SKU at one location have cost, in the same."""

STOCK_MAX = 2**63 - 1
"""Largest sum of units: on hand, reserved or damaged, of one SKU at one location."""

RESERVATION_DEFAULT_US = 15 * 60 * 1_000_000
"""How long a reservation lasts when the caller does not say."""

RESERVATION_MAX_US = 7 * 24 * 3600 * 1_000_000
"""How long a reservation lasts at most until it is confirmed."""

RESERVATION_LINES_MAX = LINES_PER_ORDER_MAX
"""Lines of one request about a reservation: an order is reserved whole."""

RESERVATION_PARTS_MAX = 1_000
"""Parts of one reservation, each of a SKU at a location."""

OPEN_RESERVATIONS_MAX = 50_000
"""Open reservations of one SKU at one location. They are in memory, and time may end them all in
one commit."""

LOCALES_MAX = 20
"""Languages that a catalogue item, a category or an option has texts in."""

DESCRIPTION_MAX = 5_000
"""Characters of the description of a catalogue item or a category."""

CATALOGUE_JSON_MAX = 256 * 1024
"""Bytes of what describes a catalogue item, and of its options and variants, as JSON."""

FIELDS_JSON_MAX = 16 * 1024
"""Bytes of the custom fields of a catalogue item, and of the JSON Schema of them."""

FIELDS_DEPTH_MAX = 8
"""Lists and objects within each other in custom fields; in their schema twice as many."""

FIELD_VALUES_MAX = 100
"""Values in custom fields, lists and objects among them."""

FIELD_SCHEMAS_MAX = 100
"""Schemas in the JSON Schema of custom fields, each as often as it is referred to."""

OPTIONS_PER_ITEM_MAX = 5
VALUES_PER_OPTION_MAX = 100
VARIANTS_PER_ITEM_MAX = 200

SKUS_PER_ITEM_MAX = 500
"""SKUs that one catalogue item ever had."""

MEDIA_PER_ITEM_MAX = 50
CATEGORIES_PER_ITEM_MAX = 20

CATEGORY_DEPTH_MAX = 8
"""Categories within each other."""

WEIGHT_MAX = 10**9
"""Largest weight of a variant, in grams."""

IMPORT_COLUMNS_MAX = 2_000
"""Columns of a file that is imported."""

IMPORT_ROW_MAX = 4 * 1024 * 1024
"""Characters of one row of a file that is imported, whose pictures may stand in its texts."""

IMPORT_ROWS_PER_ITEM_MAX = 2_000
"""Rows of a file that are about one catalogue item."""

DOWNLOADS_MAX = 1_000
"""How often a unit of a download can be downloaded."""

DOWNLOADS_PER_LINE_MAX = 10_000
"""How often all units of a line can be downloaded."""

ACCESS_DAYS_MAX = 36_500
"""Days that what was bought can be used at most, unless it lasts for ever."""

DOWNLOAD_FILE_MAX = 32 * 1024 * 1024
"""Bytes of a file that is sold."""

DOWNLOAD_LINK_US = 15 * 60 * 1_000_000
"""How long a link to a download leads somewhere."""

SLOTS_PER_DAY_MAX = 100
"""Slots of one calendar that begin in one day, in UTC."""

SLOT_CAPACITY_MAX = 1_000
"""Units of one slot."""
