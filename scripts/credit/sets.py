"""The data sets: which columns a model may read, what is made of them, and what each says about a firm.

A feature is (name, reason, kind, plus, minus, over, sign): sign is the direction in which more of it is riskier
(+1), safer (-1), or not known beforehand (0); a scorecard then takes the one that the training rows show. Amounts are read exactly and rounded half to even to the input's
decimals, as `zhiliand credit rate` reads them.
"""

import csv
import gzip
from decimal import ROUND_HALF_EVEN, Decimal

BOUND = 10**15
DECIMALS = 6
# Columns of the Polish sets in which missing values were coded otherwise for bankrupt firms.
CODED_BY_OUTCOME = ("A11", "A21", "A27", "A37")
# A36 and A09 are both sales to assets. They are equal in 2,230 training rows of polish1, of which 0.3 % are bad, and
# differ in the others, of which 7.6 % are; in polish5 1.6 % and 13.2 %. One of the two is enough.
TOLD_BY_ANOTHER = ("A36",)

POLISH_GROUPS = {
    "profitability": "01 07 11 13 14 18 19 22 23 24 31 35 39 42 48 49 56 58",
    "leverage": "02 06 08 10 17 25 38 51 53 54 59",
    "debt-service": "12 15 16 26 27 33 34 41",
    "liquidity": "03 04 05 28 30 37 40 46 50 57",
    "activity": "09 20 32 36 43 44 45 47 52 60 61 62 63 64",
    "size": "29 55",
    "growth": "21",
}
POLISH_RISKIER = "02 51 30 58 20 32 43 44 47 52 62".split()
POLISH_UNSIGNED = "59 15 33 34 41 57 09 36 45 60 61 63 64".split()


def polish_features(published):
    features = []
    for reason, columns in POLISH_GROUPS.items():
        for number in columns.split():
            name = "A" + number
            if name in CODED_BY_OUTCOME + TOLD_BY_ANOTHER and not published:
                continue
            sign = 1 if number in POLISH_RISKIER else 0 if number in POLISH_UNSIGNED else -1
            features.append(value(name, reason, sign))
    return sorted(features, key=lambda f: f["name"])


def value(name, reason, sign):
    return feature(name, reason, "sum", [name], sign=sign)


def feature(name, reason, kind, plus, minus=(), over=(), sign=0):
    return dict(name=name, reason=reason, kind=kind, plus=list(plus), minus=list(minus), over=list(over), sign=sign)


def ratio(name, reason, plus, over, sign, minus=()):
    return feature(name, reason, "ratio", plus.split(), minus.split() if minus else (), over.split(), sign)


US_FEATURES = [
    ratio("working_capital_to_assets", "liquidity", "current_assets", "total_assets", -1, "current_liab"),
    ratio("current_ratio", "liquidity", "current_assets", "current_liab", -1),
    ratio("quick_ratio", "liquidity", "current_assets", "current_liab", -1, "inventory"),
    ratio("current_liab_to_assets", "liquidity", "current_liab", "total_assets", 1),
    ratio("retained_to_assets", "profitability", "retained_earnings", "total_assets", -1),
    ratio("ebit_to_assets", "profitability", "ebit", "total_assets", -1),
    ratio("net_income_to_assets", "profitability", "net_income", "total_assets", -1),
    ratio("ebitda_to_sales", "profitability", "ebitda", "net_sales", -1),
    ratio("net_margin", "profitability", "net_income", "net_sales", -1),
    ratio("gross_margin", "profitability", "gross_profit", "net_sales", -1),
    ratio("opex_to_sales", "profitability", "opex", "net_sales", 1),
    ratio("liabilities_to_assets", "leverage", "total_liab", "total_assets", 1),
    ratio("lt_debt_to_assets", "leverage", "lt_debt", "total_assets", 1),
    ratio("lt_debt_to_liabilities", "leverage", "lt_debt", "total_liab", 0),
    ratio("cash_flow_to_liabilities", "debt-service", "net_income dep_amort", "total_liab", -1),
    ratio("ebitda_to_liabilities", "debt-service", "ebitda", "total_liab", -1),
    ratio("ebit_to_current_liab", "debt-service", "ebit", "current_liab", -1),
    ratio("market_to_liabilities", "market", "market_value", "total_liab", -1),
    ratio("market_to_assets", "market", "market_value", "total_assets", -1),
    ratio("market_to_sales", "market", "market_value", "net_sales", -1),
    ratio("liabilities_to_firm_value", "market", "total_liab", "market_value total_liab", 1),
    ratio("earnings_to_market", "market", "net_income", "market_value", -1),
    ratio("loss_to_market_and_debt", "market", "ebit", "market_value total_liab", -1),
    ratio("sales_to_assets", "activity", "net_sales", "total_assets", 0),
    ratio("inventory_to_sales", "activity", "inventory", "net_sales", 1),
    ratio("receivables_to_sales", "activity", "receivables", "net_sales", 1),
    ratio("depreciation_to_assets", "activity", "dep_amort", "total_assets", 0),
    value("market_value", "size", -1),
    value("total_assets", "size", -1),
    value("net_sales", "size", -1),
]

SBA_CODES = ("state", "bank_state", "naics2", "new_exist", "urban_rural", "rev_line_cr", "low_doc")


# Parts of the training rows that a table may be learned from. A lender's state stands for few lenders, and the same
# lenders do well in one kind of loan and badly in another.
AMONG = {
    "area_known": lambda row: row["urban_rural"] != "0",
    "area_unknown": lambda row: row["urban_rural"] == "0",
    "small": lambda row: int(row["gr_appv"]) <= 50000,
    "large": lambda row: int(row["gr_appv"]) > 50000,
    "low_doc": lambda row: row["low_doc"] == "Y",
    "full_doc": lambda row: row["low_doc"] == "N",
}


def table(name, reason, among=None):
    item = feature("_".join([name, "risk"] + ([among] if among else [])), reason, "table", [name], sign=1)
    return dict(item, among=among)


SBA_FEATURES = [
    value("gr_appv", "size", -1),
    ratio("guaranteed_share", "terms", "sba_appv", "gr_appv", 0),
    feature("unguaranteed", "terms", "sum", ["gr_appv"], ["sba_appv"], sign=-1),
    ratio("amount_per_employee", "size", "gr_appv", "no_emp", 0),
    value("no_emp", "size", -1),
    value("create_job", "jobs", 0),
    value("retained_job", "jobs", 0),
    ratio("jobs_to_employees", "jobs", "create_job retained_job", "no_emp", 0),
    value("franchise", "business", 0),
    table("naics2", "business"),
    table("new_exist", "business"),
    table("urban_rural", "business"),
    table("rev_line_cr", "terms"),
    table("low_doc", "terms"),
    table("bank_state", "lender"),
    feature("bank_in_state", "lender", "same", ["state", "bank_state"], sign=0),
]
# Where the firm is it cannot change: the scorecard does without.
SBA_PLACE_FEATURES = [table("state", "place")]
# Trees choose between tables by the kind of loan; points, which are added up, cannot.
SBA_TREE_FEATURES = SBA_PLACE_FEATURES + [table("bank_state", "lender", among) for among in AMONG]


def read(folder, data, split):
    with gzip.open(f"{folder}/{data}_{split}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def fixed(text, decimals):
    """A decimal text as an integer, rounded half to even; None if blank."""
    if text == "":
        return None
    number = int(Decimal(text).scaleb(decimals).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    return max(-BOUND, min(BOUND, number))


def codes_of(rows, column, least):
    """The codes that at least so many training rows have; state and bank_state share theirs."""
    columns = ("state", "bank_state") if column in ("state", "bank_state") else (column,)
    counts = {}
    for name in columns:
        for row in rows:
            if row[name]:
                counts[row[name]] = counts.get(row[name], 0) + 1
    return sorted(code for code, count in counts.items() if count >= least)


def evaluate(item, columns, count):
    """A feature's integers in all rows, None where it has no value. Divisions are rounded down."""
    if item["kind"] == "table":
        return [None if code is None else item["table"][code] for code in columns[item["plus"][0]]]
    if item["kind"] == "same":
        pairs = zip(columns[item["plus"][0]], columns[item["plus"][1]])
        return [None if a is None or b is None else int(a == b) for a, b in pairs]
    values = []
    for i in range(count):
        above = [columns[name][i] for name in item["plus"]]
        less = [columns[name][i] for name in item["minus"]]
        below = [columns[name][i] for name in item["over"]]
        if None in above or None in less or None in below or (below and sum(below) == 0):
            values.append(None)
            continue
        number = sum(above) - sum(less)
        if below:
            number = number * 10**DECIMALS // sum(below)
        values.append(max(-BOUND, min(BOUND, number)))
    return values
