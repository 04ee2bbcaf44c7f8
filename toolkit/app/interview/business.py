"""Sections: what is computed, sold, claimed and received from partners."""

from __future__ import annotations

from toolkit.app.interview.defaults import rounded, serving_offer, training_offer
from toolkit.app.interview.writer import Fields, Writer, words_of
from toolkit.lines.quantity_text import parse_quantity
from toolkit.reference import Offer


def compute(writer: Writer) -> Fields:
    """Training where it has tokens, a service where customers send requests."""
    basis = writer.answers["training_tokens"].basis.title
    model = writer.value("model")
    gpu = writer.value("gpu") if writer.answers["gpu"].is_given else None
    training = training_offer(writer.reference, writer.country, model)
    serving = serving_offer(writer.reference, writer.country, model, gpu)
    workloads = []
    if writer.has("training_tokens") and training is not None:
        workloads.append(_training(writer, training, basis))
    if writer.has("requests") and serving is not None:
        workloads.append(_service(writer, serving, basis))
    if not workloads:
        return {}
    return {"assumption": basis, "price_change": "-20 % to 0 %", "workloads": workloads}


def _training(writer: Writer, offer: Offer, basis: str) -> Fields:
    return {
        "id": "training", "kind": "training", "label": words_of("training"), "model": writer.value("model"),
        "dtype": "bf16", "batch": 8, "sequence": 1024,
        "tokens_per_run": writer.number("training_tokens", basis), "experiments": "2 to 4",
        "goodput": "80 % to 95 %", "start": writer.month(2), "every_months": 6, "offer": _offer(offer),
        "assumption": basis,
    }  # fmt: skip


def _service(writer: Writer, offer: Offer, basis: str) -> Fields:
    return {
        "id": "serving", "kind": "service", "label": words_of("serving"), "model": writer.value("model"),
        "dtype": "fp16", "batch": 16, "product": "product", "start": writer.month(writer.value("launch")),
        "requests_per_customer": writer.number("requests", basis), "prompt_tokens": "300 to 600",
        "output_tokens": "80 to 200", "utilisation": "25 % to 45 %", "minimum_instances": 1,
        "offer": _offer(offer), "assumption": basis,
    }  # fmt: skip


def _offer(offer: Offer) -> Fields:
    fields = {"provider": offer.provider, "instance_type": offer.instance_type, "region": offer.region}
    return {key: value for key, value in fields.items() if value}


def policy(writer: Writer) -> Fields:
    """The programmes that were chosen, or those that are usual in the country."""
    wanted = writer.value("programmes")
    if wanted == "auto":
        wanted = list(writer.reference.country(writer.country).usual_programmes or ())
    claims = [
        {"programme": one, "granted": "chance(0.8)", "assumption": writer.say("claim")} for one in wanted
    ]
    return {"programmes": claims} if claims else {}


def market(writer: Writer) -> Fields:
    """One segment, counted; one product."""
    basis = writer.answers["price"].basis.title
    product: Fields = {"id": "product", "label": writer.value("product")}
    if writer.has("customers"):  # it is sold already
        product["opening_customers"] = writer.number("customers", basis)
    elif writer.value("launch"):
        product["start"] = writer.month(writer.value("launch"))
    names = {
        "price": "price", "organic_customers": "new_customers",
        "organic_growth": "growth", "monthly_churn": "churn",
    }  # fmt: skip
    if writer.has("marketing"):
        names |= {"marketing": "marketing", "acquisition_cost": "acquisition_cost"}
    product |= {field: writer.number(name, basis) for field, name in names.items()}
    yearly = parse_quantity(writer.value("price"), f"{writer.currency}/month").median * 12
    segment = {
        "id": "customers", "label": words_of("segment"), "accounts": writer.number("accounts", basis),
        "yearly_value": rounded(yearly), "reachable": "20 %", "obtainable": "2 % to 6 %", "assumption": basis,
    }  # fmt: skip
    fields = {"payment_fee": "3 %", "payment_months": 1, "assumption": basis}
    return {"segments": [segment], "products": [product | fields]}


def partnerships(writer: Writer) -> Fields:
    """Credits of the provider whose instances are rented."""
    model = writer.value("model")
    offer = serving_offer(writer.reference, writer.country, model)
    training = training_offer(writer.reference, writer.country, model)
    rented = offer if writer.has("requests") else training
    if not writer.has("credits") or rented is None:
        return {}
    basis = writer.answers["credits"].basis.title
    partner = {
        "id": "credits", "kind": "compute_credits", "label": words_of("credits"),
        "provider": rented.provider, "amount": writer.number("credits", basis), "arrives": "chance(0.7)",
        "start": writer.month(3), "end": writer.month(26), "assumption": basis,
    }  # fmt: skip
    return {"partners": [partner]}
