/* A notifier that hangs for good, or crashes, as its config says: tests look at what becomes of the
 * host. With "after" it first takes so many batches. */
#include "oes_plugin.h"

#include <string.h>
#include <unistd.h>

static int hangs;
static int64_t good;

static oes_status deliver(
    const oes_notifier_t *self, const oes_batch_t *batch, const oes_delivery_out_t *out)
{
    (void)self;
    (void)batch;
    if (good-- > 0) {
        oes_delivery_t delivery = {sizeof delivery, OES_OUTCOME_OK, 0, 0, {0, 0}};
        return out->report(out, &delivery);
    }
    while (hangs)
        sleep(1);
    *(volatile int *)0 = 1;
    return OES_OK;
}

static oes_status flush(const oes_notifier_t *self, int64_t deadline_millis)
{
    (void)self;
    (void)deadline_millis;
    return OES_OK;
}

static void ignore(const oes_notifier_t *self) { (void)self; }

static void destroy(const oes_instance_t *instance) { (void)instance; }

static const oes_notifier_t notifier = {
    {sizeof(oes_notifier_t), 0, NULL, destroy}, deliver, flush, ignore};

static const oes_entry_descriptor_t descriptor = {
    sizeof(oes_entry_descriptor_t), 0, OES_STR("test.sink"), OES_STR("sink"), OES_STR("Sink"),
    OES_STR("Test"), OES_STR("1.0.0"), OES_STR(""), OES_STR(""), OES_STR(""),
    OES_STR("{\"type\": \"object\", \"properties\": {"
            "\"how\": {\"type\": \"string\", \"enum\": [\"hang\", \"crash\"]},"
            "\"after\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 1000, \"default\": 0}"
            "}}"),
    OES_STR("")};

static uint32_t count(void) { return 1; }

static const oes_entry_descriptor_t *entry(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}

static const oes_instance_t *create(
    const oes_host_t *host, oes_str id, const oes_config_t *config)
{
    (void)host;
    (void)id;
    hangs = config->values[0].text.len == 4;
    good = config->values[1].integer;
    return &notifier.instance;
}

static const oes_factory_t factory = {sizeof(oes_factory_t), 0, count, entry, create};

static oes_status begin(const oes_host_t *host)
{
    (void)host;
    return OES_OK;
}

static void end(void) {}

static const oes_factory_t *find(oes_str id)
{
    size_t length = sizeof(OES_FACTORY_NOTIFIER) - 1;
    return id.len == length && memcmp(id.ptr, OES_FACTORY_NOTIFIER, length) == 0 ? &factory : NULL;
}

static const oes_module_descriptor_t who = {
    sizeof(oes_module_descriptor_t), 0, OES_STR("test.sink-library"), OES_STR("Sink"),
    OES_STR("Test"), OES_STR("1.0.0"), OES_STR(""), OES_STR("")};

static const oes_module_t module = {
    OES_MODULE_MAGIC, sizeof(oes_module_t), OES_ABI_MAJOR, OES_ABI_MINOR, 0, &who, begin, end, find};

const oes_module_t *oes_plugin_entry(const oes_host_t *host)
{
    (void)host;
    return &module;
}
