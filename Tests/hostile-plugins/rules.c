/*
 * A risk rule `judge` for tests of what rules emit. -DCHECK=… and -DEVENTS=… are the statements of its
 * two functions, so that each test says in its own words what its plugin does. It compiles against
 * the headers of earlier minors, too, as long as the statements use nothing newer.
 */
#include "oes_plugin.h"

#include <stddef.h>
#include <string.h>

static const oes_out_t *sink;
static oes_instruction_t carrier;

#define TEXT(literal) ((oes_str){(literal), sizeof(literal) - 1})
#define EMIT(which, field, body) \
    (memset(&carrier, 0, sizeof carrier), carrier.struct_size = sizeof carrier, \
     carrier.kind = (which), carrier.field = &(body), sink->emit(sink, &carrier))
#define GUARD() EMIT(OES_INSTRUCTION_GUARD, guard, guard)
#define MEASURE() EMIT(OES_INSTRUCTION_MEASURE, measure, measure)
#define ALERT() EMIT(OES_INSTRUCTION_ALERT, alert, alert)
#define BLOCK() EMIT(OES_INSTRUCTION_BLOCK_ACCOUNT, action, action)
#define CANCEL_ALL() EMIT(OES_INSTRUCTION_CANCEL_ALL, action, action)
#define REJECT() EMIT(OES_INSTRUCTION_REJECT, reject, reject)

#ifndef CHECK
#define CHECK
#endif

static oes_status check(
    const oes_risk_rule_t *self, const oes_check_input_t *input, const oes_out_t *out)
{
    oes_guard_t guard = {.struct_size = sizeof guard, .metric = OES_GUARD_POSITION, .limit = 5,
        .code = TEXT("judged")};
    oes_reject_t reject = {.struct_size = sizeof reject, .code = TEXT("no"), .text = TEXT("No.")};
#if OES_ABI_MINOR >= 2
    oes_measure_t measure = {.struct_size = sizeof measure, .unit = OES_UNIT_QUANTITY,
        .name = TEXT("size"), .value = 3, .limit = 5};
    (void)measure;
#endif
    (void)self;
    (void)input;
    (void)guard;
    (void)reject;
    sink = out;
    CHECK;
    return OES_OK;
}

#ifdef EVENTS
static oes_status on_events(
    const oes_risk_rule_t *self, const oes_risk_batch_t *batch, const oes_out_t *out)
{
    oes_alert_t alert = {.struct_size = sizeof alert, .severity = OES_SEVERITY_WARNING,
        .account = TEXT("1"), .code = TEXT("seen"), .text = TEXT("Seen."),
        .dedupe_key = TEXT("k")};
    oes_action_t action = {.struct_size = sizeof action, .account = TEXT("1"),
        .code = TEXT("stop"), .text = TEXT("Stop.")};
    (void)self;
    (void)alert;
    (void)action;
    sink = out;
    EVENTS;
    return batch->event_count > 0 ? OES_OK : OES_FAILED;
}
#endif

static void destroy(const oes_instance_t *self) { (void)self; }

static const oes_risk_rule_t rule = {
    {sizeof(oes_risk_rule_t), 0, NULL, destroy}, check,
#ifdef EVENTS
    on_events,
#endif
};

static const oes_entry_descriptor_t descriptor = {
    .struct_size = sizeof(oes_entry_descriptor_t), .id = OES_STR("test.judge"),
    .name = OES_STR("judge"), .version = OES_STR("7-beta")};

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
    return &rule.instance;
}

static const oes_factory_t factory = {sizeof(oes_factory_t), 0, count, describe, create};
static const oes_factory_t *get_factory(oes_str id)
{
    static const char wanted[] = OES_FACTORY_RISK_RULE;
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
    .struct_size = sizeof(oes_module_descriptor_t), .id = OES_STR("test.rules-library")};

static const oes_module_t module = {
    .magic = OES_MODULE_MAGIC, .struct_size = sizeof(oes_module_t), .abi_major = OES_ABI_MAJOR,
    .abi_minor = OES_ABI_MINOR, .min_host_minor = 0, .descriptor = &module_descriptor,
    .init = init, .shutdown = shutdown_module, .get_factory = get_factory};

OES_EXPORT const oes_module_t *oes_plugin_entry(const oes_host_t *host)
{
    (void)host;
    return &module;
}
