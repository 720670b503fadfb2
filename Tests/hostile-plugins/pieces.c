/*
 * An order type `pieces` for tests of what works later or in several pieces. -DPLAN=… and -DEVENT=…
 * are the statements of its two functions: they change and emit the good structs that are ready
 * there, so that each test says in its own words what its plugin does.
 */
#include "oes_plugin.h"

#include <stddef.h>
#include <string.h>

static const oes_out_t *sink;

static oes_status emit(oes_instruction_kind kind, const void *body)
{
    oes_instruction_t carrier = {0};
    carrier.struct_size = sizeof carrier;
    carrier.kind = kind;
    carrier.place = kind == OES_INSTRUCTION_PLACE ? body : NULL;
    carrier.reject = kind == OES_INSTRUCTION_REJECT ? body : NULL;
    carrier.container = kind == OES_INSTRUCTION_CONTAINER ? body : NULL;
    carrier.state = kind == OES_INSTRUCTION_SET_STATE ? body : NULL;
    carrier.arm = kind == OES_INSTRUCTION_ARM || kind == OES_INSTRUCTION_ARM_TIMER ? body : NULL;
    carrier.cancel = kind == OES_INSTRUCTION_CANCEL ? body : NULL;
    carrier.amend = kind == OES_INSTRUCTION_AMEND ? body : NULL;
    carrier.done = kind == OES_INSTRUCTION_DONE ? body : NULL;
    return sink->emit(sink, &carrier);
}

#define TEXT(literal) ((oes_str){(literal), sizeof(literal) - 1})
#define PLACE(which) emit(OES_INSTRUCTION_PLACE, &which)
#define CONTAINER() emit(OES_INSTRUCTION_CONTAINER, &container)
#define STATE(text) \
    do { \
        state.bytes = (const uint8_t *)(text); \
        state.length = strlen(text); \
        emit(OES_INSTRUCTION_SET_STATE, &state); \
    } while (0)
#define TIMER(when) (arm.time = (when), emit(OES_INSTRUCTION_ARM_TIMER, &arm))
#define WAKES(mask) (arm.wakes = (mask), emit(OES_INSTRUCTION_ARM, &arm))
#define CANCEL(key) (cancel.child_key = TEXT(key), emit(OES_INSTRUCTION_CANCEL, &cancel))
#define AMEND(key, to, size) \
    (amend.child_key = TEXT(key), amend.price = (to), amend.quantity = (size), \
     emit(OES_INSTRUCTION_AMEND, &amend))
#define DONE(why) (done.reason = TEXT(why), emit(OES_INSTRUCTION_DONE, &done))
#define REJECT(why) \
    (reject.code = TEXT(why), reject.text = TEXT("No."), emit(OES_INSTRUCTION_REJECT, &reject))

/* The structs that statements use; those that a test doesn't need are set nevertheless. */
#define STRUCTS(order) \
    oes_place_t self_place = {.struct_size = sizeof self_place, .pricing = OES_PRICING_LIMIT, \
        .remainder = OES_REMAINDER_REST, .book = (order)->book, .price = (order)->price, \
        .quantity = (order)->quantity, .expire_at = OES_NONE}; \
    oes_place_t child = self_place; \
    oes_container_t container = {.struct_size = sizeof container, \
        .pricing = OES_PRICING_LIMIT, .price = (order)->price, \
        .quantity = (order)->quantity, .expire_at = OES_NONE}; \
    oes_state_t state = {.struct_size = sizeof state}; \
    oes_arm_t arm = {.struct_size = sizeof arm}; \
    oes_cancel_t cancel = {.struct_size = sizeof cancel}; \
    oes_amend_t amend = {.struct_size = sizeof amend}; \
    oes_done_t done = {.struct_size = sizeof done}; \
    oes_reject_t reject = {.struct_size = sizeof reject}; \
    child.child_key = TEXT("a"); \
    (void)child; (void)container; (void)state; (void)arm; (void)cancel; (void)amend; \
    (void)done; (void)reject

static oes_status plan(
    const oes_order_type_t *self, const oes_plan_input_t *input, const oes_out_t *out)
{
    STRUCTS(input->order);
    (void)self;
    sink = out;
    PLAN;
    return OES_OK;
}

#ifdef EVENT
static oes_status on_event(
    const oes_order_type_t *self, const oes_event_input_t *input, const oes_out_t *out)
{
    STRUCTS(input->order);
    (void)self;
    sink = out;
    EVENT;
    return OES_OK;
}
#else
#define on_event NULL
#endif

static void destroy(const oes_instance_t *self) { (void)self; }

static const oes_order_type_t order_type = {
    {sizeof(oes_order_type_t), 0, NULL, destroy}, plan, on_event};

#ifndef STATE_VERSION
#define STATE_VERSION 3
#endif

static const oes_entry_descriptor_t descriptor = {
    .struct_size = sizeof(oes_entry_descriptor_t), .state_version = STATE_VERSION,
    .id = OES_STR("test.pieces"), .name = OES_STR("pieces")};

static uint32_t count(void) { return 1; }
static const oes_entry_descriptor_t *describe(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
static const oes_instance_t *create(
    const oes_host_t *host, oes_str id, const oes_config_t *config)
{
    (void)host;
    (void)id;
    (void)config;
    return &order_type.instance;
}

static const oes_factory_t factory = {sizeof(oes_factory_t), 0, count, describe, create};
static const oes_factory_t *get_factory(oes_str id)
{
    static const char wanted[] = OES_FACTORY_ORDER_TYPE;
    int same = id.len == sizeof wanted - 1 && memcmp(id.ptr, wanted, id.len) == 0;
    return same ? &factory : NULL;
}

static oes_status init(const oes_host_t *host)
{
    (void)host;
    return OES_OK;
}
static void shutdown_module(void) {}

static const oes_module_descriptor_t module_descriptor = {
    .struct_size = sizeof(oes_module_descriptor_t), .id = OES_STR("test.pieces-library")};

static const oes_module_t module = {
    .magic = OES_MODULE_MAGIC, .struct_size = sizeof(oes_module_t), .abi_major = OES_ABI_MAJOR,
    .abi_minor = OES_ABI_MINOR, .min_host_minor = 1, .descriptor = &module_descriptor,
    .init = init, .shutdown = shutdown_module, .get_factory = get_factory};

const oes_module_t *oes_plugin_entry(const oes_host_t *host)
{
    (void)host;
    return &module;
}
