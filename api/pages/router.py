"""All pages in one router, which `api.app` mounts."""

from fastapi import APIRouter

from api.pages import batches, home, market, passport, problems

router = APIRouter()
for page in (home, passport, batches, market, problems):
    router.include_router(page.router)
