/*
 * An order type in plain C: `round-lot-limit`, a limit order that takes only whole multiples of a
 * size that the order itself names ("params": {"multiple": 100}). It shows all that a plugin needs;
 * docs/PLUGINS.md walks through it.
 */
#include "oes_plugin.h"

#include <stdio.h>
#include <stdlib.h>

static const oes_host_mul_div_t *arithmetic;

/* ---- The order type ---- */

static oes_status reject(const oes_out_t *out, oes_str code, oes_str field, oes_str text)
{
    oes_reject_t reject = {0};
    oes_instruction_t instruction = {0};
    reject.struct_size = sizeof reject;
    reject.code = code;
    reject.field = field;
    reject.text = text;
    instruction.struct_size = sizeof instruction;
    instruction.kind = OES_INSTRUCTION_REJECT;
    instruction.reject = &reject;
    return out->emit(out, &instruction);
}

static oes_status place(const oes_out_t *out, const oes_order_t *order)
{
    oes_place_t place = {0};
    oes_instruction_t instruction = {0};
    place.struct_size = sizeof place;
    place.pricing = OES_PRICING_LIMIT;
    place.remainder = OES_REMAINDER_REST;
    place.book = order->book;
    place.price = order->price;
    place.quantity = order->quantity;
    place.expire_at = OES_NONE;
    instruction.struct_size = sizeof instruction;
    instruction.kind = OES_INSTRUCTION_PLACE;
    instruction.place = &place;
    return out->emit(out, &instruction);
}

/* True where the order's quantity is a whole number of `multiple` units. */
static int is_round(const oes_order_t *order, const oes_instrument_t *instrument, int64_t multiple)
{
    int64_t unit = 1;
    int64_t size;
    uint32_t digit;
    for (digit = 0; digit < instrument->quantity_scale; digit++) unit *= 10;
    if (arithmetic->mul_div(multiple, unit, 1, OES_ROUND_DOWN, &size) != OES_OK) return 0;
    return size > 0 && order->quantity % size == 0;
}

static oes_status plan(
    const oes_order_type_t *self, const oes_plan_input_t *input, const oes_out_t *out)
{
    static const oes_str price_required = OES_STR("price_required");
    static const oes_str price = OES_STR("price");
    static const oes_str price_text = OES_STR("A round-lot-limit order needs a price.");
    static const oes_str odd_lot = OES_STR("odd_lot");
    static const oes_str quantity = OES_STR("quantity");
    const oes_order_t *order = input->order;
    int64_t multiple;
    (void)self;
    /* params[0] is `multiple`, the schema's only property; it has a default, so it is there. */
    if (order->param_count < 1 || order->params[0].kind != OES_VALUE_INTEGER) return OES_INVALID;
    multiple = order->params[0].integer;
    if (order->price == OES_NONE) return reject(out, price_required, price, price_text);
    if (!is_round(order, input->instrument, multiple)) {
        char text[96];
        oes_str message;
        message.ptr = text;
        message.len = (uint64_t)snprintf(
            text, sizeof text, "The quantity must be a whole multiple of %lld.",
            (long long)multiple);
        return reject(out, odd_lot, quantity, message);
    }
    return place(out, order);
}

/* ---- Its factory ---- */

static const oes_entry_descriptor_t descriptor = {
    .struct_size = sizeof(oes_entry_descriptor_t),
    .id = OES_STR("com.example.round-lot-limit"),
    .name = OES_STR("round-lot-limit"),
    .title = OES_STR("Round-lot limit"),
    .vendor = OES_STR("Example"),
    .version = OES_STR("1.0.0"),
    .params_schema_json = OES_STR(
        "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"
        "\"multiple\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000000,"
        "\"default\": 100, \"title\": \"Units in a round lot\"}}}"),
};

static uint32_t count(void) { return 1; }

static const oes_entry_descriptor_t *describe(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}

static void destroy(const oes_instance_t *self) { free((void *)self); }

static const oes_instance_t *create(const oes_host_t *host, oes_str id, const oes_config_t *config)
{
    oes_order_type_t *type = calloc(1, sizeof *type);
    (void)host;
    (void)id; /* There is only one. */
    (void)config;
    if (!type) return NULL;
    type->instance.struct_size = sizeof *type;
    type->instance.destroy = destroy;
    type->plan = plan;
    return &type->instance;
}

static const oes_factory_t factory = {
    .struct_size = sizeof(oes_factory_t),
    .count = count,
    .descriptor = describe,
    .create = create,
};

/* ---- The module ---- */

static int is(oes_str text, const char *other)
{
    uint64_t index;
    for (index = 0; index < text.len; index++) {
        if (other[index] == '\0' || other[index] != text.ptr[index]) return 0;
    }
    return other[index] == '\0';
}

static oes_status init(const oes_host_t *host)
{
    static const oes_str mul_div = OES_STR(OES_EXT_MUL_DIV);
    arithmetic = host->get_extension(host, mul_div);
    return arithmetic ? OES_OK : OES_FAILED;
}

static void shutdown_module(void) {}

static const oes_factory_t *get_factory(oes_str id)
{
    return is(id, OES_FACTORY_ORDER_TYPE) ? &factory : NULL;
}

static const oes_module_descriptor_t module_descriptor = {
    .struct_size = sizeof(oes_module_descriptor_t),
    .id = OES_STR("com.example.round-lot"),
    .title = OES_STR("Round lots"),
    .vendor = OES_STR("Example"),
    .version = OES_STR("1.0.0"),
};

static const oes_module_t module = {
    .magic = OES_MODULE_MAGIC,
    .struct_size = sizeof(oes_module_t),
    .abi_major = OES_ABI_MAJOR,
    .abi_minor = OES_ABI_MINOR,
    .min_host_minor = 0,
    .descriptor = &module_descriptor,
    .init = init,
    .shutdown = shutdown_module,
    .get_factory = get_factory,
};

const oes_module_t *oes_plugin_entry(const oes_host_t *host)
{
    (void)host;
    return &module;
}
