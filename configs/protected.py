"""Knows by their names the traits of people that no model may count and no reason may tell."""

# Charter of Fundamental Rights of the European Union, article 21; GDPR (EU 2016/679), article 9(1): whatever of it a CRM may hold.
PROTECTED = frozenset(
    (
        *("gender", "sex", "gender_identity", "sexual_orientation", "orientation", "pregnant", "pregnancy"),
        *(
            "age",
            "age_group",
            "birth_date",
            "birthdate",
            "birthday",
            "birth_year",
            "date_of_birth",
            "dob",
            "year_of_birth",
        ),
        *(
            "race",
            "ethnicity",
            "ethnic_group",
            "ethnic_origin",
            "skin_colour",
            "skin_color",
            "nationality",
            "birthplace",
        ),
        *("religion", "belief", "political_party", "political_opinion", "union_member", "trade_union"),
        *("disability", "disabled", "health", "illness", "marital_status", "family_status"),
    )
)


def is_protected(name: str) -> bool:
    """Whether a column of this name holds a protected trait.

    >>> is_protected("Gender"), is_protected("date-of-birth"), is_protected("package"), is_protected("company_age")
    (True, True, False, False)
    """
    return name.strip().lower().replace("-", "_").replace(" ", "_") in PROTECTED
