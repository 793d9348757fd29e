"""Routes of what orders give that is no parcel."""

from api.http.access.routes.downloads import router as downloads
from api.http.access.routes.grants import router as grants
from api.http.access.routes.links import router as links

routers = (grants, links, downloads)
