"""Routes of the catalogue."""

from api.http.catalogue.routes.benefits import router as benefits
from api.http.catalogue.routes.categories import router as categories
from api.http.catalogue.routes.item_types import router as item_types
from api.http.catalogue.routes.items import router as items
from api.http.catalogue.routes.search import router as search
from api.http.catalogue.routes.skus import router as skus

routers = (item_types, categories, items, skus, benefits, search)
