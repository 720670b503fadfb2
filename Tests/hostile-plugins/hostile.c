/*
 * Plugins that break the rules of oes_plugin.h, one fault each, chosen by -DFAULT_NAME. Without any,
 * it is a good plugin: an order type `hostile`, a time in force `hostile-time` and a risk rule
 * `hostile-rule`. The tests build one library a fault and look at what the host says.
 */
#include "oes_plugin.h"

#include <stddef.h>
#include <string.h>

static const oes_host_t *the_host;

static void say(const char *text)
{
    static const oes_str id = OES_STR(OES_EXT_LOG);
    const oes_host_log_t *log = the_host->get_extension(the_host, id);
    oes_str line;
    line.ptr = text;
    line.len = strlen(text);
    if (log) log->write(the_host, OES_LOG_ERROR, line);
}

/* ---- Emitting ---- */

static oes_status emit_place(const oes_out_t *out, const oes_place_t *place)
{
    oes_instruction_t instruction = {0};
    instruction.struct_size = sizeof instruction;
    instruction.kind = OES_INSTRUCTION_PLACE;
    instruction.place = place;
    return out->emit(out, &instruction);
}

static oes_status emit_reject(const oes_out_t *out)
{
    oes_reject_t reject = {0};
    oes_instruction_t instruction = {0};
    reject.struct_size = sizeof reject;
    reject.code = (oes_str)OES_STR("hostile");
    reject.text = (oes_str)OES_STR("No.");
    /* A wild pointer with length 0 is an empty text, and isn't looked at. */
    reject.field.ptr = (const char *)(uintptr_t)8;
    reject.values.ptr = (const char *)(uintptr_t)16;
#ifdef REJECT_BAD_CODE
    reject.code = (oes_str)OES_STR("Not A Code|;");
#endif
#ifdef REJECT_NULL_TEXT
    reject.text.ptr = NULL;
    reject.text.len = 5;
#endif
#ifdef REJECT_HUGE_TEXT
    reject.text.len = UINT64_MAX;
#endif
#ifdef REJECT_NOT_UTF8
    reject.text = (oes_str)OES_STR("\xff\xfe");
#endif
    instruction.struct_size = sizeof instruction;
    instruction.kind = OES_INSTRUCTION_REJECT;
    instruction.reject = &reject;
    return out->emit(out, &instruction);
}

/* ---- The order type ---- */

/* The faults that are a wrong number or choice in an otherwise good place. */
static void spoil(oes_place_t *place, const oes_plan_input_t *input)
{
    (void)place;
    (void)input;
#ifdef PLAN_MORE
    place->quantity += input->instrument->lot;
#endif
#ifdef PLAN_ZERO
    place->quantity = 0;
#endif
#ifdef PLAN_NEGATIVE
    place->quantity = -place->quantity;
#endif
#ifdef PLAN_PRICE_ZERO
    place->price = 0;
#endif
#ifdef PLAN_PRICE_HUGE
    place->price = INT64_MAX;
#endif
#ifdef PLAN_OFF_TICK
    place->price += 1;
#endif
#ifdef PLAN_MARKET_WITH_PRICE
    place->pricing = OES_PRICING_MARKET;
#endif
#ifdef PLAN_UNKNOWN_PRICING
    place->pricing = 77;
#endif
#ifdef PLAN_UNKNOWN_REMAINDER
    place->remainder = 0;
#endif
#ifdef PLAN_UNKNOWN_BOOK
    place->book = 9;
#endif
#ifdef PLAN_EXPIRED
    place->expire_at = input->market->time - 1;
#endif
#ifdef PLAN_SMALL_STRUCT
    place->struct_size = 4;
#endif
}

static oes_status emit_kind(const oes_out_t *out, oes_instruction_kind kind)
{
    oes_instruction_t instruction = {0};
    instruction.struct_size = sizeof instruction;
    instruction.kind = kind;
    return out->emit(out, &instruction);
}

/* The faults in how a place is handed over. */
static oes_status hand_over(const oes_out_t *out, oes_place_t *place)
{
    (void)emit_kind;
#ifdef PLAN_NOTHING
    return OES_OK;
#endif
#ifdef PLAN_NO_STATUS
    emit_place(out, place);
    return 0;
#endif
#ifdef PLAN_TWICE
    emit_place(out, place);
#endif
#ifdef PLAN_IGNORES_STATUS
    {
        int64_t quantity = place->quantity;
        place->quantity = 0;
        emit_place(out, place);
        place->quantity = quantity;
        emit_place(out, place);
        return OES_OK;
    }
#endif
#ifdef PLAN_WRONG_KIND
    return emit_kind(out, OES_INSTRUCTION_GUARD);
#endif
#ifdef PLAN_UNKNOWN_KIND
    if (emit_kind(out, 4000000000u) != OES_UNSUPPORTED) return 0;
#endif
#ifdef PLAN_NULL_BODY
    return emit_place(out, NULL);
#endif
#if defined(PLAN_REJECT) || defined(REJECT_BAD_CODE) || defined(REJECT_NULL_TEXT) \
    || defined(REJECT_HUGE_TEXT) || defined(REJECT_NOT_UTF8)
    return emit_reject(out);
#endif
    return emit_place(out, place);
}

static oes_status plan(
    const oes_order_type_t *self, const oes_plan_input_t *input, const oes_out_t *out)
{
    const oes_order_t *order = input->order;
    oes_place_t place = {0};
    (void)self;
    place.struct_size = sizeof place;
    place.pricing = OES_PRICING_LIMIT;
    place.remainder = OES_REMAINDER_REST;
    place.book = order->book;
    place.price = order->price;
    place.quantity = order->quantity;
    place.expire_at = OES_NONE;
    spoil(&place, input);
    return hand_over(out, &place);
}

/* ---- The time in force ---- */

static oes_status apply(
    const oes_time_in_force_t *self, const oes_terms_input_t *input, const oes_out_t *out)
{
    oes_terms_t terms = {0};
    oes_instruction_t instruction = {0};
    (void)self;
    (void)input;
    terms.struct_size = sizeof terms;
    terms.remainder = OES_REMAINDER_REST;
    terms.expire_at = OES_NONE;
#ifdef TERMS_UNKNOWN
    terms.remainder = 12;
#endif
#ifdef TERMS_PAST
    terms.expire_at = 1;
#endif
#ifdef TERMS_NOTHING
    return OES_OK;
#endif
    instruction.struct_size = sizeof instruction;
    instruction.kind = OES_INSTRUCTION_TERMS;
    instruction.terms = &terms;
    return out->emit(out, &instruction);
}

/* ---- The risk rule ---- */

static oes_status check(
    const oes_risk_rule_t *self, const oes_check_input_t *input, const oes_out_t *out)
{
    (void)self;
    (void)input;
#ifdef CHECK_FAILS
    return OES_FAILED;
#endif
#ifdef CHECK_REJECTS
    return emit_reject(out);
#endif
#if defined(CHECK_GUARD_NEGATIVE) || defined(CHECK_GUARD_METRIC) || defined(CHECK_GUARDS_MANY) \
    || defined(CHECK_GUARD_CODE)
    {
        oes_guard_t guard = {0};
        oes_instruction_t instruction = {0};
        int round;
        guard.struct_size = sizeof guard;
        guard.metric = OES_GUARD_POSITION;
        guard.limit = 5;
        guard.code = (oes_str)OES_STR("hostile");
#ifdef CHECK_GUARD_NEGATIVE
        guard.limit = -1;
#endif
#ifdef CHECK_GUARD_METRIC
        guard.metric = 99;
#endif
#ifdef CHECK_GUARD_CODE
        guard.code = (oes_str)OES_STR("a|1|position|9;b");
#endif
        instruction.struct_size = sizeof instruction;
        instruction.kind = OES_INSTRUCTION_GUARD;
        instruction.guard = &guard;
#ifdef CHECK_GUARDS_MANY
        for (round = 0; round < 9; round++) out->emit(out, &instruction);
#else
        (void)round;
#endif
        out->emit(out, &instruction);
        return OES_OK;
    }
#endif
    (void)out;
    (void)emit_reject;
    return OES_OK;
}

/* ---- Instances, factories ---- */

static void destroy(const oes_instance_t *self) { (void)self; }

#define INSTANCE(type) {sizeof(type), 0, NULL, destroy}
static const oes_order_type_t order_type = {INSTANCE(oes_order_type_t), plan};
static const oes_time_in_force_t time_in_force = {INSTANCE(oes_time_in_force_t), apply};
#ifdef INSTANCE_SIZE
static const oes_risk_rule_t risk_rule = {{1000000, 0, NULL, destroy}, check};
#elif defined(INSTANCE_NULL)
static const oes_risk_rule_t risk_rule = {INSTANCE(oes_risk_rule_t), NULL};
#else
static const oes_risk_rule_t risk_rule = {INSTANCE(oes_risk_rule_t), check};
#endif

#ifndef SCHEMA
#define SCHEMA ""
#endif
#ifndef ORDER_TYPE_NAME
#define ORDER_TYPE_NAME "hostile"
#endif

static const oes_entry_descriptor_t descriptors[] = {
    {.struct_size = sizeof(oes_entry_descriptor_t), .id = OES_STR("test.hostile"),
     .name = OES_STR(ORDER_TYPE_NAME), .params_schema_json = OES_STR(SCHEMA)},
    {.struct_size = sizeof(oes_entry_descriptor_t), .id = OES_STR("test.hostile-time"),
     .name = OES_STR("hostile-time")},
    {.struct_size = sizeof(oes_entry_descriptor_t), .id = OES_STR("test.hostile-rule"),
     .name = OES_STR("hostile-rule")},
};

static uint32_t count(void)
{
#ifdef COUNT_HUGE
    return 4000000000u;
#else
    return 1;
#endif
}

static const oes_entry_descriptor_t *describe(uint32_t kind, uint32_t index)
{
#ifdef DESCRIPTOR_NULL
    return NULL;
#endif
    return index == 0 ? &descriptors[kind] : NULL;
}

static const oes_entry_descriptor_t *describe0(uint32_t index) { return describe(0, index); }
static const oes_entry_descriptor_t *describe1(uint32_t index) { return describe(1, index); }
static const oes_entry_descriptor_t *describe2(uint32_t index) { return describe(2, index); }

static const oes_instance_t *create(uint32_t kind, const oes_config_t *config)
{
#ifdef CREATE_REFUSES
    config->refuse(config, (oes_str)OES_STR("speed"), (oes_str)OES_STR("too fast"));
    return NULL;
#endif
    (void)config;
    if (kind == 0) return &order_type.instance;
    return kind == 1 ? &time_in_force.instance : &risk_rule.instance;
}

static const oes_instance_t *create0(const oes_host_t *h, oes_str id, const oes_config_t *c)
{
    (void)h;
    (void)id;
    return create(0, c);
}
static const oes_instance_t *create1(const oes_host_t *h, oes_str id, const oes_config_t *c)
{
    (void)h;
    (void)id;
    return create(1, c);
}
static const oes_instance_t *create2(const oes_host_t *h, oes_str id, const oes_config_t *c)
{
    (void)h;
    (void)id;
    return create(2, c);
}

static const oes_factory_t factories[] = {
    {sizeof(oes_factory_t), 0, count, describe0, create0},
    {sizeof(oes_factory_t), 0, count, describe1, create1},
    {sizeof(oes_factory_t), 0, count, describe2, create2},
};

static const oes_factory_t *get_factory(oes_str id)
{
    static const char *const ids[] = {
        OES_FACTORY_ORDER_TYPE, OES_FACTORY_TIME_IN_FORCE, OES_FACTORY_RISK_RULE};
    size_t kind;
#ifdef NO_FACTORIES
    return NULL;
#endif
    for (kind = 0; kind < 3; kind++) {
        if (id.len == strlen(ids[kind]) && memcmp(id.ptr, ids[kind], id.len) == 0) {
            return &factories[kind];
        }
    }
    return NULL;
}

/* ---- The module ---- */

static oes_status init(const oes_host_t *host)
{
    the_host = host;
#ifdef INIT_FAILS
    say("the licence server is away");
    return OES_FAILED;
#endif
#ifdef INIT_NO_STATUS
    return 0;
#endif
    (void)say;
    return OES_OK;
}

static void shutdown_module(void) {}

#ifndef MODULE_ID
#define MODULE_ID "test.hostile-library"
#endif

static const oes_module_descriptor_t module_descriptor = {
    .struct_size = sizeof(oes_module_descriptor_t),
    .id = OES_STR(MODULE_ID),
    .vendor = OES_STR("Test"),
    .version = OES_STR("1"),
};

static oes_module_t module = {
    .magic = OES_MODULE_MAGIC,
    .struct_size = sizeof(oes_module_t),
    .abi_major = OES_ABI_MAJOR,
    .abi_minor = OES_ABI_MINOR,
    .descriptor = &module_descriptor,
    .init = init,
    .shutdown = shutdown_module,
    .get_factory = get_factory,
};

#ifdef NO_ENTRY
const oes_module_t *another_name(const oes_host_t *host);
OES_EXPORT const oes_module_t *another_name(const oes_host_t *host)
#else
const oes_module_t *oes_plugin_entry(const oes_host_t *host)
#endif
{
    the_host = host;
#ifdef WRONG_MAGIC
    module.magic = 42;
#endif
#ifdef WRONG_MAJOR
    module.abi_major = 2;
    module.abi_minor = 3;
#endif
#ifdef NEWER_HOST
    module.min_host_minor = 7;
#endif
#ifdef NEWER_MINOR
    module.abi_minor = 9;
    module.struct_size = sizeof module + 64;
#endif
#ifdef SIZE_SMALL
    module.struct_size = 24;
#endif
#ifdef SIZE_HUGE
    module.struct_size = 4000000000u;
#endif
#ifdef NO_DESCRIPTOR
    module.descriptor = NULL;
#endif
#ifdef NO_INIT
    module.init = NULL;
#endif
#ifdef ENTRY_NULL
    say("this host is not good enough");
    return NULL;
#endif
    return &module;
}
