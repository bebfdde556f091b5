"""The link types of the GS1 Web Vocabulary, by which a link says what it leads to.

A list grows with the vocabulary and never shrinks: a link that was set once stays readable.
`defaultLink`, `defaultLinkMulti` and `handledBy` are the resolver's own to say, and not in it.
"""

from typing import Final

PREFIX: Final = "gs1:"
NAMESPACE: Final = "https://ref.gs1.org/voc/"

LINK_TYPES: Final = frozenset({
    "activityIdeas", "allergenInfo", "appDownload", "backgroundInfo", "brandHomepageClinical",
    "brandHomepagePatient", "careersInfo", "certificationInfo", "consumerHandlingStorageInfo",
    "dpp", "eifu", "epcis", "epil", "eventsInfo", "faqs", "hasRetailers", "homepage",
    "ingredientsInfo", "instructions", "jws", "leaveReview", "locationInfo", "logisticsInfo",
    "loyaltyProgram", "masterData", "menuInfo", "nutritionalInfo", "openingHoursInfo",
    "paymentLink", "pip", "productSustainabilityInfo", "promotion",
    "purchaseSuppliesOrAccessories", "quickStartGuide", "recallStatus", "recipeInfo",
    "registerProduct", "registryEntry", "relatedImage", "relatedVideo", "reportFound", "review",
    "safetyInfo", "scheduleTime", "serviceInfo", "smartLabel", "smpc", "socialMedia",
    "statisticInfo", "subscribe", "support", "sustainabilityInfo", "traceability", "tutorial",
    "userAgreement", "verificationService", "whatsInTheBox",
})  # fmt: skip
"""Names without the prefix (GS1 Web Vocabulary, class LinkType)."""


def is_link_type(compact: str) -> bool:
    """Tell whether a compact name such as `gs1:pip` is one that a party may set."""
    return compact.startswith(PREFIX) and compact.removeprefix(PREFIX) in LINK_TYPES
