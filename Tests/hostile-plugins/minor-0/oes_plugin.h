/*
 * oes_plugin.h: the interface between OES, an order entry system, and its plugins.
 *
 * A plugin is a shared library that exports one function, oes_plugin_entry. Order types, times in
 * force, risk rules and notifiers all come from plugins; the host has none of its own. This header
 * is all that a plugin needs. It compiles alone as C99 and as C++17, imports into Swift, and is
 * read by bindgen (Rust) and @cImport (Zig).
 *
 * RULES THAT HOLD THROUGHOUT
 *
 * Sizes.   A struct whose first field is struct_size may grow at its end in later minor versions.
 *          Who makes the struct writes sizeof of the type it was compiled with; who reads it reads
 *          a field only where struct_size covers it. A field that isn't covered, or is zero, has
 *          the meaning "as before the field existed". Structs without struct_size never change.
 * Texts.   oes_str is UTF-8 with a length and isn't terminated by NUL. ptr may be anything where
 *          len is 0.
 * Memory.  What a function is given is borrowed until it returns: copy what must stay. What a
 *          plugin hands to a function of the host is copied before that function returns. Neither
 *          side ever frees what the other allocated. Descriptors, modules, factories and instances
 *          belong to the plugin and stay valid until shutdown has returned.
 * Numbers. Prices, quantities and money are whole numbers in a scale (oes_instrument_t): 15025 at
 *          price_scale 2 is 150.25. OES_NONE stands for "there is none". Sizes never pass
 *          OES_NUMBER_MAX, so sums of a few of them fit an int64_t; products need mul_div.
 * Enums.   Fixed-width integers; 0 is never a valid choice, so that what was forgotten is seen.
 *          A value that you don't know comes from a newer peer: answer OES_UNSUPPORTED.
 * Threads. Each function says where it is called:
 *            [control]  one call at a time, at start and stop; may block.
 *            [order]    on the order thread, one call at a time; no I/O, no locks, no waiting.
 *                       Stay below 50 microseconds: every order waits for you.
 *            [notify]   on a thread of the notifier's own; may block up to its deadline.
 *            [any]      from any thread, at any time between init and shutdown.
 * Trust.   A plugin runs inside the host's process and can do whatever the host can: it is
 *          trusted code. No exception, longjmp or panic may cross this interface.
 */
#ifndef OES_PLUGIN_H
#define OES_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Versions ---------------------------------------------------------------------------- */

/* "OESPLUG" and a zero byte, read as a little-endian number. */
#define OES_MODULE_MAGIC 0x0047554C5053454FULL
/* Another major is another interface: it is refused, with both numbers in the message. */
#define OES_ABI_MAJOR 1u
/* A higher minor only adds. */
#define OES_ABI_MINOR 0u

/* "There is none": a market order's price, an empty book's best bid. */
#define OES_NONE INT64_MIN
/* The largest size of a price, quantity or amount: 2^53-1. */
#define OES_NUMBER_MAX 9007199254740991LL

#if defined(_WIN32)
#define OES_EXPORT __declspec(dllexport)
#else
#define OES_EXPORT __attribute__((visibility("default")))
#endif

/* ---- Basic types ------------------------------------------------------------------------- */

typedef struct oes_str {
    const char *ptr;
    uint64_t len;
} oes_str;

/* An oes_str from a literal, for static initialisers: static const oes_str a = OES_STR("a"); */
#define OES_STR(literal) { (literal), sizeof(literal) - 1 }

/* What a function answers. 0 is no answer, and counts as OES_FAILED. */
typedef uint32_t oes_status;
#define OES_OK 1u
/* It didn't work, and the caller must not use any result. */
#define OES_FAILED 2u
/* A value, kind or struct that this side doesn't know. */
#define OES_UNSUPPORTED 3u
/* What was given breaks this header's rules: a wrong size, a missing pointer, a bad number. */
#define OES_INVALID 4u
/* More was emitted than the host takes in one call. */
#define OES_TOO_MANY 5u

typedef uint32_t oes_side;
#define OES_SIDE_BUY 1u
#define OES_SIDE_SELL 2u

/* Which of a symbol's two books: the public one, or the unseen one of internal orders. */
typedef uint32_t oes_book;
#define OES_BOOK_LIT 1u
#define OES_BOOK_INTERNAL 2u

typedef uint32_t oes_pricing;
/* Never trades at a price worse than its own. */
#define OES_PRICING_LIMIT 1u
/* Has no limit of its own; the host sets a protection price from the instrument's band. */
#define OES_PRICING_MARKET 2u

/* What becomes of the part of an order that can't trade at once. */
typedef uint32_t oes_remainder;
#define OES_REMAINDER_REST 1u
#define OES_REMAINDER_CANCEL 2u
/* Nothing trades unless all can, and nothing ever rests. */
#define OES_REMAINDER_ALL_OR_NONE 3u

typedef uint32_t oes_operation;
#define OES_OPERATION_SUBMIT 1u
#define OES_OPERATION_AMEND 2u

typedef uint32_t oes_rounding;
/* Towards zero. */
#define OES_ROUND_DOWN 1u
/* Away from zero. */
#define OES_ROUND_UP 2u

typedef uint32_t oes_log_level;
#define OES_LOG_DEBUG 1u
#define OES_LOG_INFO 2u
#define OES_LOG_WARNING 3u
#define OES_LOG_ERROR 4u

typedef uint32_t oes_thread;
#define OES_THREAD_CONTROL 1u
#define OES_THREAD_ORDER 2u
#define OES_THREAD_NOTIFY 3u
/* Not a thread on which the host is calling a plugin now, e.g. one that the plugin started. */
#define OES_THREAD_OTHER 4u

/*
 * One value of a config, of an order's params, or of a rule's limits. The host has checked it
 * against the entry's schema and converted it: values[i] belongs to the i-th member of the
 * schema's "properties", so that a plugin indexes and parses nothing. This struct never changes.
 */
typedef uint32_t oes_value_kind;
/* Not given, and the schema has no default. (0: the one enum where 0 has a meaning.) */
#define OES_VALUE_ABSENT 0u
/* integer: price, quantity and money in their scales, durations in milliseconds, times in UTC
 * microseconds, basis points and plain whole numbers as they are. */
#define OES_VALUE_INTEGER 1u
/* integer: 0 or 1. */
#define OES_VALUE_BOOLEAN 2u
/* text. */
#define OES_VALUE_TEXT 3u

typedef struct oes_value {
    oes_str name;
    oes_value_kind kind;
    uint32_t reserved;
    int64_t integer;
    oes_str text;
} oes_value_t;

/* ---- The host ---------------------------------------------------------------------------- */

/*
 * What the host is. The pointer that oes_plugin_entry receives stays valid, and the struct
 * unchanged, for as long as the process lives.
 */
typedef struct oes_host {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    oes_str name;
    oes_str version;
    /* The host's own; not for plugins. */
    void *host_data;
    /*
     * [any] Finds an ability by its id (the OES_EXT_ names below): a pointer to the extension's
     * struct, valid for ever, or NULL where this host doesn't have it. Ask for what you need in
     * init, and either do without or answer OES_FAILED.
     */
    const void *(*get_extension)(const struct oes_host *host, oes_str id);
} oes_host_t;

/* Log lines into the host's log. */
#define OES_EXT_LOG "oes.log/1"
typedef struct oes_host_log {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] Writes one line. Texts are cut at 1,024 bytes, control characters become spaces.
     * On [order] log only what is rare: a line is a system call. A line of level ERROR that is
     * logged inside oes_plugin_entry, init or create is quoted in the host's refusal.
     */
    void (*write)(const oes_host_t *host, oes_log_level level, oes_str text);
} oes_host_log_t;

/* Clocks. Never for plan, apply or check: their time is in their input (see oes_market_t). */
#define OES_EXT_CLOCK "oes.clock/1"
typedef struct oes_host_clock {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Microseconds since 1970-01-01 UTC. May jump. */
    int64_t (*wall_micros)(const oes_host_t *host);
    /* [any] Microseconds that never jump, for intervals. */
    int64_t (*monotonic_micros)(const oes_host_t *host);
} oes_host_clock_t;

/* Exact arithmetic. */
#define OES_EXT_MUL_DIV "oes.mul-div/1"
typedef struct oes_host_mul_div {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] *result = value x factor / divisor, by a product of 128 bits and one rounding at the
     * end. OES_INVALID where divisor is 0 or the rounding unknown, OES_FAILED where the result
     * doesn't fit an int64_t; *result is then untouched.
     */
    oes_status (*mul_div)(
        int64_t value, int64_t factor, int64_t divisor, oes_rounding rounding, int64_t *result);
} oes_host_mul_div_t;

/* Which of the threads above the caller is on: for a plugin's own assertions. */
#define OES_EXT_THREAD_CHECK "oes.thread-check/1"
typedef struct oes_host_thread_check {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] */
    oes_thread (*current)(const oes_host_t *host);
} oes_host_thread_check_t;

/* ---- The module -------------------------------------------------------------------------- */

/* Who made the library. All texts but id, vendor and version may be empty. */
typedef struct oes_module_descriptor {
    uint32_t struct_size;
    uint32_t reserved;
    /* Reverse domain name, unique among loaded libraries: com.example.desk-rules */
    oes_str id;
    oes_str title;
    oes_str vendor;
    oes_str version;
    oes_str url;
    oes_str licence;
} oes_module_descriptor_t;

/*
 * What oes_plugin_entry returns. The first five fields are frozen for all majors: a host can read
 * them from any plugin and say precisely why it won't load it.
 */
typedef struct oes_module {
    uint64_t magic;          /* OES_MODULE_MAGIC */
    uint32_t struct_size;    /* sizeof(oes_module_t) */
    uint32_t abi_major;      /* OES_ABI_MAJOR */
    uint32_t abi_minor;      /* OES_ABI_MINOR */
    uint32_t min_host_minor; /* The oldest minor of the host with which this library works. */
    const oes_module_descriptor_t *descriptor;
    /*
     * [control] Called once, after the host has accepted the fields above and before everything
     * below. Anything but OES_OK stops the host's start (say why by the log extension); shutdown
     * isn't called then.
     */
    oes_status (*init)(const oes_host_t *host);
    /*
     * [control] Called once, when every instance has been destroyed. No call follows. The
     * library is never unloaded. A host that is killed doesn't call it: keep nothing that needs
     * a farewell.
     */
    void (*shutdown)(void);
    /*
     * [control] The factory of one kind (the OES_FACTORY_ names), or NULL where the library has
     * none of that kind or doesn't know the id. The same answer each time.
     */
    const struct oes_factory *(*get_factory)(oes_str factory_id);
} oes_module_t;

/*
 * [control] The one symbol that a plugin exports, called once. Returns the library's module, or
 * NULL to refuse (say why by the log extension). Do nothing heavy here: a host may call it only
 * to look at the descriptors.
 */
OES_EXPORT const oes_module_t *oes_plugin_entry(const oes_host_t *host);

/* ---- Factories --------------------------------------------------------------------------- */

#define OES_FACTORY_ORDER_TYPE "oes.order-type/1"
#define OES_FACTORY_TIME_IN_FORCE "oes.time-in-force/1"
#define OES_FACTORY_RISK_RULE "oes.risk-rule/1"
#define OES_FACTORY_NOTIFIER "oes.notifier/1"

/*
 * What one entry is, fixed for the life of the process. Schemas are JSON Schema objects of this
 * subset: type, properties, required, enum, minimum, maximum, default, title, description,
 * additionalProperties: false, x-oes-format (price, quantity, money, duration, time, bps),
 * x-oes-unit, x-oes-group, x-oes-order, x-oes-visible-if. An empty text means "takes nothing".
 * The host refuses a library whose schema is outside the subset, naming the place.
 */
typedef struct oes_entry_descriptor {
    uint32_t struct_size;
    /* Version of the state that an order of this type keeps; 0 = keeps none. */
    uint32_t state_version;
    /* Reverse domain name, unique among loaded entries: com.example.iceberg */
    oes_str id;
    /* What orders and settings call it, unique in its kind: a-z, 0-9, -, _, at most 32 bytes. */
    oes_str name;
    oes_str title;
    oes_str vendor;
    oes_str version;
    oes_str url;
    oes_str licence;
    /* Order types: an order's own fields. They reach plan as order->params. */
    oes_str params_schema_json;
    /* The operator's settings, given to create. Formats price and quantity can't be used here,
     * for there is no instrument to scale them by. */
    oes_str config_schema_json;
    /* Risk rules: numbers that are compared with orders. They reach check as input->limits,
     * in the scales of the order's instrument, rounded down and at most OES_NUMBER_MAX. */
    oes_str limits_schema_json;
} oes_entry_descriptor_t;

/* What create is given. */
typedef struct oes_config {
    uint32_t struct_size;
    uint32_t reserved;
    /* One for each property of config_schema_json, in its order. */
    const oes_value_t *values;
    uint64_t value_count;
    void *host_data;
    /* [control] Inside create only: says why it returns NULL. field may be empty. */
    void (*refuse)(const struct oes_config *config, oes_str field, oes_str text);
} oes_config_t;

/*
 * What every instance begins with. This struct never changes. The struct around it
 * (oes_order_type_t …) grows at its end, and struct_size is that one's.
 */
typedef struct oes_instance {
    uint32_t struct_size;
    uint32_t reserved;
    void *plugin_data;
    /* [control] The last call on an instance; frees it. */
    void (*destroy)(const struct oes_instance *self);
} oes_instance_t;

/* One factory for each kind of entry that the library has. */
typedef struct oes_factory {
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] How many entries there are. The same answer each time. */
    uint32_t (*count)(void);
    /* [control] The entry at index (below count). The same pointer each time; NULL beyond. */
    const oes_entry_descriptor_t *(*descriptor)(uint32_t index);
    /*
     * [control] Makes an instance of the entry with this id: an oes_order_type_t,
     * oes_time_in_force_t, oes_risk_rule_t or oes_notifier_t, according to the factory. NULL
     * where it refuses (config->refuse says why), which stops the host's start. May be called
     * several times for one id; instances share nothing that a caller could see.
     */
    const oes_instance_t *(*create)(
        const oes_host_t *host, oes_str id, const oes_config_t *config);
} oes_factory_t;

/* ---- What orders look like --------------------------------------------------------------- */

typedef struct oes_instrument {
    uint32_t struct_size;
    /* Decimal places. */
    uint32_t price_scale;
    uint32_t quantity_scale;
    uint32_t money_scale;
    /* Prices are multiples of tick, quantities of lot. */
    int64_t tick;
    int64_t lot;
    /* How far from its reference a market order may trade, in basis points. */
    int64_t band_bps;
    int64_t maker_fee_bps;
    int64_t taker_fee_bps;
    oes_str symbol;
    oes_str currency;
    oes_str asset_type;
} oes_instrument_t;

/* The public market as the host knew it at as_of_seq, which may be milliseconds ago. */
typedef struct oes_market {
    uint32_t struct_size;
    uint32_t reserved;
    /* OES_NONE where the side is empty. */
    int64_t best_bid;
    int64_t best_ask;
    /* The last trade's price; OES_NONE before the first. */
    int64_t last;
    /* Number of the last event in this picture. */
    uint64_t as_of_seq;
    /* UTC microseconds: the only time that plan, apply and check know. */
    int64_t time;
} oes_market_t;

/* An order as its owner sent it, or on amend, as it would be. */
typedef struct oes_order {
    uint32_t struct_size;
    oes_side side;
    oes_book book;
    uint32_t reserved;
    /* In total, fills included. */
    int64_t quantity;
    /* OES_NONE where none was given. */
    int64_t price;
    oes_str client_order_id;
    oes_str account;
    oes_str symbol;
    oes_str order_type;
    oes_str time_in_force;
    oes_str tag;
    /* One for each property of the order type's params_schema_json, in its order. */
    const oes_value_t *params;
    uint64_t param_count;
} oes_order_t;

typedef struct oes_account {
    uint32_t struct_size;
    uint32_t reserved;
    oes_str id;
    oes_str account_type;
    oes_str risk_level;
    oes_str currency;
    /* All cash, and the part of it that open orders hold. */
    int64_t balance;
    int64_t held;
    /* Units of any one symbol that may be sold beyond what is owned. */
    int64_t short_limit;
} oes_account_t;

typedef struct oes_position {
    uint32_t struct_size;
    uint32_t reserved;
    /* Owned, held included; negative when short. */
    int64_t quantity;
    /* Held by open sells. */
    int64_t held;
    /* Wanted by open buys. */
    int64_t open_buy;
    /* Money paid for quantity. */
    int64_t cost;
    int64_t realized;
} oes_position_t;

/* ---- What plugins emit ------------------------------------------------------------------- */

/* Work for the matcher. From plan, exactly one. */
typedef struct oes_place {
    uint32_t struct_size;
    oes_pricing pricing;
    /* A default that the time in force may change. */
    oes_remainder remainder;
    oes_book book;
    /* A positive multiple of the tick; OES_NONE for market pricing. */
    int64_t price;
    /* A positive multiple of the lot, at most the order's quantity. */
    int64_t quantity;
    /* UTC microseconds; OES_NONE = never. A default that the time in force may change. */
    int64_t expire_at;
} oes_place_t;

/* A refusal that the client reads. From plan, apply or check, at most one. */
typedef struct oes_reject {
    uint32_t struct_size;
    uint32_t reserved;
    /* Stable, for programs: a-z, 0-9, _, 1 to 64 bytes. */
    oes_str code;
    /* The order's field that is wrong; may be empty. At most 64 bytes. */
    oes_str field;
    /* For people: what was given, what is allowed, what to do. 1 to 512 bytes. */
    oes_str text;
    /* For both: "quantity=15000, limit=10000", in client units; may be empty. To 256 bytes. */
    oes_str values;
} oes_reject_t;

/* How long an order works. From apply, exactly one. */
typedef struct oes_terms {
    uint32_t struct_size;
    oes_remainder remainder;
    /* UTC microseconds; OES_NONE = never. Not before the market's time. */
    int64_t expire_at;
} oes_terms_t;

typedef uint32_t oes_guard_metric;
/* Units of the order's symbol in its account, long or short, as if every open order and this one
 * were filled on its own side. */
#define OES_GUARD_POSITION 1u

/*
 * A limit that the host judges atomically with the match, on figures that can't be old. From
 * check, at most eight. All guards of an order hold, or nothing of it happens.
 */
typedef struct oes_guard {
    uint32_t struct_size;
    oes_guard_metric metric;
    /* Zero or more, in the metric's scale. */
    int64_t limit;
    /* 1 = an order that only reduces the position passes; 0 = none does. */
    uint32_t exempt_if_reducing;
    uint32_t reserved;
    /* The reject's code where the guard doesn't hold: a-z, 0-9, _, 1 to 64 bytes. */
    oes_str code;
} oes_guard_t;

/* Which of the pointers below counts. Later kinds append theirs. */
typedef uint32_t oes_instruction_kind;
#define OES_INSTRUCTION_PLACE 1u
#define OES_INSTRUCTION_REJECT 2u
#define OES_INSTRUCTION_TERMS 3u
#define OES_INSTRUCTION_GUARD 4u

typedef struct oes_instruction {
    uint32_t struct_size;
    oes_instruction_kind kind;
    const oes_place_t *place;
    const oes_reject_t *reject;
    const oes_terms_t *terms;
    const oes_guard_t *guard;
} oes_instruction_t;

/* Where plan, apply and check put what they decide; valid during that call only. */
typedef struct oes_out {
    uint32_t struct_size;
    uint32_t reserved;
    void *host_data;
    /*
     * [order] Hands an instruction over; it is copied. OES_UNSUPPORTED: this host or this call
     * doesn't take that kind. OES_INVALID: it breaks a rule above (the host logs which).
     * OES_TOO_MANY: one too many. After any of these the order is refused as plugin_error,
     * whatever follows: return the status that you got.
     */
    oes_status (*emit)(const struct oes_out *out, const oes_instruction_t *instruction);
} oes_out_t;

/* ---- Order types ------------------------------------------------------------------------- */

typedef struct oes_plan_input {
    uint32_t struct_size;
    uint32_t reserved;
    const oes_order_t *order;
    const oes_instrument_t *instrument;
    const oes_market_t *market;
} oes_plan_input_t;

typedef struct oes_order_type {
    oes_instance_t instance;
    /*
     * [order] Turns a new order, or an amended one, into work: emits one PLACE, or one REJECT.
     * A pure function: the same input gives the same output, on every host and at every time.
     * Returns OES_OK also where it rejected; anything else refuses the order as plugin_error.
     */
    oes_status (*plan)(
        const struct oes_order_type *self, const oes_plan_input_t *input, const oes_out_t *out);
} oes_order_type_t;

/* ---- Times in force ---------------------------------------------------------------------- */

typedef struct oes_terms_input {
    uint32_t struct_size;
    uint32_t reserved;
    const oes_order_t *order;
    /* What the order type placed. */
    const oes_place_t *place;
    const oes_instrument_t *instrument;
    const oes_market_t *market;
    /* When the instrument's running session ends, in UTC microseconds. */
    int64_t session_end;
} oes_terms_input_t;

typedef struct oes_time_in_force {
    oes_instance_t instance;
    /*
     * [order] Says how long the order works and what becomes of its remainder: emits one TERMS,
     * or one REJECT. A pure function. Returns as plan does.
     */
    oes_status (*apply)(
        const struct oes_time_in_force *self, const oes_terms_input_t *input,
        const oes_out_t *out);
} oes_time_in_force_t;

/* ---- Risk rules -------------------------------------------------------------------------- */

typedef struct oes_check_input {
    uint32_t struct_size;
    oes_operation operation;
    const oes_order_t *order;
    /* What will go to the matcher. On amend its quantity is the new total. */
    const oes_place_t *place;
    const oes_instrument_t *instrument;
    const oes_market_t *market;
    /* May be milliseconds old; a limit that must hold is a guard. */
    const oes_account_t *account;
    /* NULL where the account has none in the symbol. */
    const oes_position_t *position;
    /* One for each property of limits_schema_json, in its order. */
    const oes_value_t *limits;
    uint64_t limit_count;
    /*
     * The worst price at which the order can trade, as far as is known: its limit; for market
     * pricing the end of the instrument's band around the opposite best, else around the last
     * trade; OES_NONE where there is neither.
     */
    int64_t worst_price;
    /* On amend: what is filled, and what the order holds now (money for a buy, shares for a
     * sell). Zero on submit. */
    int64_t filled;
    int64_t order_hold;
} oes_check_input_t;

typedef struct oes_risk_rule {
    oes_instance_t instance;
    /*
     * [order] Judges a new or amended order: emits nothing (it passes), one REJECT, or GUARDs.
     * Cancels never come here. Returns OES_OK in all these cases; anything else refuses the
     * order as plugin_error (rules fail closed). An operation that the rule doesn't know:
     * OES_UNSUPPORTED.
     */
    oes_status (*check)(
        const struct oes_risk_rule *self, const oes_check_input_t *input, const oes_out_t *out);
} oes_risk_rule_t;

/* ---- Notifiers --------------------------------------------------------------------------- */

typedef struct oes_event {
    uint32_t struct_size;
    uint32_t reserved;
    /* Unique; the same at each attempt, so that a receiver can drop repeats. */
    oes_str id;
    /* What happened, e.g. order.accepted, trade, alert. */
    oes_str type;
    /* Empty where the event belongs to none. */
    oes_str account;
    oes_str symbol;
    /* info, warning or critical. */
    oes_str severity;
    /* The whole event as one JSON object without line breaks. */
    oes_str json;
} oes_event_t;

typedef struct oes_batch {
    uint32_t struct_size;
    /* 1 at the first try of this batch, 2 at the second … */
    uint32_t attempt;
    /* How long deliver may take, in milliseconds from its call. */
    int64_t deadline_millis;
    /* Pointers, so that oes_event_t can grow. Oldest first, at least one. */
    const oes_event_t *const *events;
    uint64_t event_count;
} oes_batch_t;

typedef uint32_t oes_outcome;
/* All were delivered. */
#define OES_OUTCOME_OK 1u
/* None was; try again after retry_after_millis (0 = the host chooses). */
#define OES_OUTCOME_RETRY 2u
/* Those up to and including through_index were; the rest is to be tried again. */
#define OES_OUTCOME_PARTIAL 3u
/* None was, and none ever will be: the receiver refuses them. The host keeps and reports them. */
#define OES_OUTCOME_DROP 4u

typedef struct oes_delivery {
    uint32_t struct_size;
    oes_outcome outcome;
    int64_t retry_after_millis;
    uint64_t through_index;
    /* For the log, where it wasn't OK: what went wrong. At most 512 bytes. */
    oes_str text;
} oes_delivery_t;

typedef struct oes_delivery_out {
    uint32_t struct_size;
    uint32_t reserved;
    void *host_data;
    /* [notify] Inside deliver only, once: says how it went. Copied. */
    oes_status (*report)(const struct oes_delivery_out *out, const oes_delivery_t *delivery);
} oes_delivery_out_t;

typedef struct oes_notifier {
    oes_instance_t instance;
    /*
     * [notify] Delivers a batch and reports once. Anything but OES_OK, or no report, is taken
     * as RETRY. Delivery is at least once: after a crash a batch may come again.
     */
    oes_status (*deliver)(
        const struct oes_notifier *self, const oes_batch_t *batch, const oes_delivery_out_t *out);
    /*
     * [notify] Before an orderly stop: writes out what the plugin has buffered, within
     * deadline_millis.
     */
    oes_status (*flush)(const struct oes_notifier *self, int64_t deadline_millis);
    /*
     * [any] Asks a deliver or flush that is running on the notifier's thread to return soon, and
     * every later one to return at once. Must not block.
     */
    void (*cancel)(const struct oes_notifier *self);
} oes_notifier_t;

#ifdef __cplusplus
}
#endif

#endif /* OES_PLUGIN_H */
