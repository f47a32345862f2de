"""People, as others see them."""

import strawberry

from schema.node import Node


@strawberry.type(description="A person. Visible inside a shared group or match only.")
class User(Node):
    name: str = strawberry.field(description="What the person wants to be called.")
    avatar_url: str | None = strawberry.field(description="Where a picture of the person lies.")
    bio: str | None = strawberry.field(description="What the person says about himself or herself.")
    time_zone: str | None = strawberry.field(description="The person's time zone, by its name in the IANA database.")
    locale: str | None = strawberry.field(description="The person's language, as a BCP 47 tag.")
