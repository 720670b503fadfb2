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
/* A higher minor only adds. Minor 1 added all that works later or in several pieces: triggers,
 * trails, pegs, children, timers, and what a client asks beside an order's type. A library whose
 * orders mean something else without a field must say so by min_host_minor: an older host would
 * not see a stop's trigger and would trade at once. */
#define OES_ABI_MINOR 1u

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

/* What becomes of an order that would trade with another of its own account. (In these fields 0
 * is "not said": the account's order is treated as OES_SELF_TRADE_CANCEL_NEWEST says.) */
typedef uint32_t oes_self_trade;
/* The arriving order's remainder is cancelled. */
#define OES_SELF_TRADE_CANCEL_NEWEST 1u
/* The resting order is cancelled, and the arriving one goes on. */
#define OES_SELF_TRADE_CANCEL_OLDEST 2u
#define OES_SELF_TRADE_CANCEL_BOTH 3u
/* Both lose what the smaller has left, without a trade. */
#define OES_SELF_TRADE_DECREMENT 4u

/* Which price of the public market a trigger watches. */
typedef uint32_t oes_trigger_source;
#define OES_TRIGGER_LAST 1u
#define OES_TRIGGER_BID 2u
#define OES_TRIGGER_ASK 3u

typedef uint32_t oes_trigger_direction;
#define OES_TRIGGER_AT_OR_ABOVE 1u
#define OES_TRIGGER_AT_OR_BELOW 2u

/* How a trailing trigger's distance from the best price seen is given. */
typedef uint32_t oes_trail;
/* In units of the price. */
#define OES_TRAIL_AMOUNT 1u
/* In basis points of that best price. */
#define OES_TRAIL_BPS 2u

/* What a pegged price follows. */
typedef uint32_t oes_peg;
#define OES_PEG_BID 1u
#define OES_PEG_ASK 2u
#define OES_PEG_MIDPOINT 3u

/* What a fill does to the other orders of the filled one's link group. */
typedef uint32_t oes_link_action;
/* They are cancelled. */
#define OES_LINK_CANCEL 1u
/* Their quantity falls by what was filled; one that has nothing left is cancelled. */
#define OES_LINK_REDUCE 2u

typedef uint32_t oes_order_status;
#define OES_STATUS_NEW 1u
#define OES_STATUS_PARTIALLY_FILLED 2u
#define OES_STATUS_FILLED 3u
#define OES_STATUS_CANCELLED 4u
#define OES_STATUS_REJECTED 5u
#define OES_STATUS_EXPIRED 6u
/* Its trigger fired; it is on its way to the book. */
#define OES_STATUS_TRIGGERED 7u
/* Waits outside the book: for its trigger, for its main order's fills, or as a container. */
#define OES_STATUS_PARKED 8u

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
 * x-oes-unit, x-oes-group, x-oes-order, x-oes-visible-if, and at the root x-oes-price (required,
 * optional, none) and x-oes-example. An empty text means "takes nothing".
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
    /*
     * Since minor 1. What the client asked beside the order's type: the OES_ORDER_ bits below. The
     * host itself adds them to what plan placed for the order; they stand here for types that
     * must know, e.g. to refuse them.
     */
    uint32_t flags;
    /* 0 where the client gave none. */
    oes_self_trade stp_mode;
    /* OES_NONE where the client gave none. */
    int64_t min_quantity;
    int64_t display_quantity;
    /* UTC microseconds; OES_NONE where the client gave none. For times in force. */
    int64_t expire_time;
} oes_order_t;

/* Never takes: refused where it would trade on arrival. */
#define OES_ORDER_POST_ONLY 1u
/* Only ever reduces the account's position. */
#define OES_ORDER_REDUCE_ONLY 2u
/* Trades in full at once, or not at all. */
#define OES_ORDER_ALL_OR_NONE 4u

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

/*
 * Work for the matcher: the order itself (no child_key), or a child that works for it. From plan
 * one for the order itself, unless it is a CONTAINER, and at most ten children; from on_event at
 * most ten children. Fields from child_key on exist since minor 1; each is without effect at 0.
 */
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
    /* UTC microseconds; OES_NONE = never. A default that the time in force may change. A child
     * without one has the time in force's. */
    int64_t expire_at;
    /*
     * Empty = the order itself. A child's name in its family: a-z, 0-9, _, 1 to 16 bytes, never
     * used twice. A child is in the order's book; its remainder is what stands above, whatever
     * the time in force says of the order.
     */
    oes_str child_key;
    /* 0 = the order's side, which is the only one for the order itself. */
    oes_side side;
    /* 1 = refused where it would trade on arrival. Needs limit pricing and REMAINDER_REST. */
    uint32_t post_only;
    /* 1 = only ever reduces the position, and is cut where it is more than that. */
    uint32_t reduce_only;
    /* 0 = as the client asked. */
    oes_self_trade self_trade;
    /* What must be able to trade on arrival, or it is cancelled whole; 0 or OES_NONE = nothing. A
     * multiple of the lot, at most quantity. */
    int64_t min_quantity;
    /* What of it is shown in the book at a time; 0 or OES_NONE = all. A multiple of the lot, below
     * quantity. Needs limit pricing and REMAINDER_REST. */
    int64_t display_quantity;
    /*
     * 0 = works at once. Else it waits outside the book until the source's price is at or past
     * trigger_price, a positive multiple of the tick. This is judged with each trade and change
     * of the market, inside the matcher: no plugin is asked. One that is true already fires at
     * once.
     */
    oes_trigger_source trigger_source;
    oes_trigger_direction trigger_direction;
    int64_t trigger_price;
    /*
     * 0 = the trigger stands still. Else it follows the best last price seen, trail_offset away:
     * a sell's (AT_OR_BELOW) upwards, a buy's (AT_OR_ABOVE) downwards, never back. The source is
     * LAST, and trigger_price is 0: the matcher begins at the last price that it has when the
     * order begins to wait. An amount is a positive multiple of the tick, basis points are 1 to
     * 9,999.
     */
    oes_trail trail;
    /* 0 = the price stands still. Else price is the worst it may take, and it follows reference +
     * peg_offset without ever crossing. For the order itself, in the lit book, with limit pricing,
     * REMAINDER_REST and no trigger. */
    oes_peg peg;
    int64_t trail_offset;
    /* With a trail and limit pricing: the price is always the trigger's + limit_offset, a multiple
     * of the tick, of either sign. The price above is an estimate then, for risk rules. */
    int64_t limit_offset;
    /* A multiple of the tick, of either sign. */
    int64_t peg_offset;
    /*
     * 1 = a child that works with what the order itself has filled: nothing at first, then as
     * much as the fills gave it. Its quantity is the order's. Not beside a CONTAINER.
     */
    uint32_t after;
    /* 0 = none. Orders of one family with the same number, two at least in one call, from 1 to
     * 255, affect each other as link_action says, in the same step as the fill. They are charged
     * to the account as one: the largest counts. */
    uint32_t link_group;
    oes_link_action link_action;
    uint32_t reserved;
} oes_place_t;

/*
 * Instead of a PLACE for the order itself: it doesn't work, its children do, and their fills are
 * its own. It ends filled when they reach its quantity, by DONE, by a cancel or at its expiry;
 * its open children are cancelled with it. Its children have its side. A client's post_only,
 * min_quantity, display_quantity and all_or_none are refused for it, and so is a time in force
 * that wouldn't let it rest. Since minor 1.
 */
typedef struct oes_container {
    uint32_t struct_size;
    /* How the children are priced, for risk rules and lists: the order's worst price, or none. */
    oes_pricing pricing;
    /* As oes_place_t's. */
    int64_t price;
    int64_t quantity;
    int64_t expire_at;
} oes_container_t;

/* What a type keeps of a container between calls: opaque to the host, at most OES_STATE_MAX bytes,
 * kept with descriptor.state_version, which must not be 0. Stays as it is where none is emitted. */
#define OES_STATE_MAX 4096u
typedef struct oes_state {
    uint32_t struct_size;
    uint32_t reserved;
    const uint8_t *bytes;
    uint64_t length;
} oes_state_t;

/* What a container's on_event is to be called for. */
typedef struct oes_arm {
    uint32_t struct_size;
    /* ARM: which OES_WAKE_ bits, from now on. Stays as it is where none is emitted. */
    uint32_t wakes;
    /*
     * ARM_TIMER: a call at this time, in UTC microseconds, or soon after; one that is past comes
     * at once. There is one timer, and each call uses it up, whatever woke it: a type that still
     * wants one emits it again.
     */
    int64_t time;
} oes_arm_t;

/* Something happened to a child's filled quantity. */
#define OES_WAKE_CHILD_FILLED 1u
/* A child ended. */
#define OES_WAKE_CHILD_ENDED 2u
/* The timer's time has come. Needn't be armed. */
#define OES_WAKE_TIMER 4u
/* The client asks for another price or quantity. Needn't be armed. */
#define OES_WAKE_AMEND 8u

/* CANCEL: ends an open child. One that has ended meanwhile stays as it is. */
typedef struct oes_cancel {
    uint32_t struct_size;
    uint32_t reserved;
    oes_str child_key;
} oes_cancel_t;

/* AMEND: another price or total quantity for a child in the book, above what it has filled. OES_NONE
 * = as it is. It goes to the back of its price, unless only its quantity falls. One that has ended
 * meanwhile stays as it is. */
typedef struct oes_amend {
    uint32_t struct_size;
    uint32_t reserved;
    oes_str child_key;
    int64_t price;
    int64_t quantity;
} oes_amend_t;

/* DONE: the container ends: filled where its quantity is, else cancelled with the reason. */
typedef struct oes_done {
    uint32_t struct_size;
    uint32_t reserved;
    /* A code: a-z, 0-9, _, to 64 bytes. Empty = done. */
    oes_str reason;
} oes_done_t;

/* A refusal that the client reads. From plan, apply or check, at most one; from on_event only where
 * it answers an amend. */
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
/* Since minor 1, for plan and on_event (CONTAINER: plan alone; CANCEL, AMEND and DONE: on_event
 * alone). */
#define OES_INSTRUCTION_CONTAINER 5u
#define OES_INSTRUCTION_SET_STATE 6u
#define OES_INSTRUCTION_ARM_TIMER 7u
#define OES_INSTRUCTION_ARM 8u
#define OES_INSTRUCTION_CANCEL 9u
#define OES_INSTRUCTION_AMEND 10u
#define OES_INSTRUCTION_DONE 11u

typedef struct oes_instruction {
    uint32_t struct_size;
    oes_instruction_kind kind;
    const oes_place_t *place;
    const oes_reject_t *reject;
    const oes_terms_t *terms;
    const oes_guard_t *guard;
    /* Since minor 1. */
    const oes_container_t *container;
    const oes_state_t *state;
    /* For ARM_TIMER and ARM. */
    const oes_arm_t *arm;
    const oes_cancel_t *cancel;
    const oes_amend_t *amend;
    const oes_done_t *done;
} oes_instruction_t;

/* Where plan, apply, check and on_event put what they decide; valid during that call only. */
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

/* A container's child as it stands. Since minor 1. */
typedef struct oes_child {
    uint32_t struct_size;
    oes_order_status status;
    oes_side side;
    oes_pricing pricing;
    oes_str key;
    /* OES_NONE for market pricing. */
    int64_t price;
    /* In total, fills included. */
    int64_t quantity;
    int64_t filled;
    /* What still works; 0 once it has ended. */
    int64_t leaves;
} oes_child_t;

/* Why on_event is called. Since minor 1. */
typedef struct oes_wake {
    uint32_t struct_size;
    /* OES_WAKE_ bits: what is known to have happened. A hint only: see on_event. */
    uint32_t kinds;
    /* UTC microseconds: the only time that on_event knows, beside the market's. */
    int64_t time;
    /* Number of the last event in this picture of the family. */
    uint64_t seq;
    /* With OES_WAKE_AMEND what the client asks for; OES_NONE = as it is. */
    int64_t price;
    int64_t quantity;
} oes_wake_t;

/* What on_event is given: the whole family at one instant. Since minor 1. */
typedef struct oes_event_input {
    uint32_t struct_size;
    /* descriptor.state_version of the type that kept the state: older than its own after an
     * upgrade. 0 where none was kept. */
    uint32_t state_version;
    /* The container, as its client sent it; quantity is what it is now. */
    const oes_order_t *order;
    const oes_instrument_t *instrument;
    const oes_market_t *market;
    const oes_wake_t *wake;
    /* What its children have filled, ended ones included. */
    int64_t filled;
    /* UTC microseconds; expire_at is OES_NONE where there is none. */
    int64_t created_at;
    int64_t expire_at;
    /* All that were ever placed, in the order of placing. Pointers, so that oes_child_t can
     * grow. */
    const oes_child_t *const *children;
    uint64_t child_count;
    /* What SET_STATE kept. */
    const uint8_t *state;
    uint64_t state_length;
    /* How many calls have been carried out for this order so far. */
    uint64_t commits;
} oes_event_input_t;

typedef struct oes_order_type {
    oes_instance_t instance;
    /*
     * [order] Turns a new order, or an amended one, into work: emits one PLACE for the order
     * itself or one CONTAINER, with at most ten PLACEs of children; for a CONTAINER also
     * SET_STATE, ARM_TIMER and ARM; or one REJECT.
     * A pure function: the same input gives the same output, on every host and at every time.
     * Returns OES_OK also where it rejected; anything else refuses the order as plugin_error.
     */
    oes_status (*plan)(
        const struct oes_order_type *self, const oes_plan_input_t *input, const oes_out_t *out);
    /*
     * [order] Since minor 1; NULL for a type without containers. Goes on with a container: emits
     * PLACEs of children, CANCELs, AMENDs, SET_STATE, ARM_TIMER, ARM, DONE, or nothing. All of it
     * is carried out in one step, or none: it is refused where another call was carried out
     * since the picture was taken, and then on_event is called again with a newer one.
     *
     * Level-triggered: a call says that something happened since the last one that was carried
     * out, and the picture says what. Several happenings make one call, one may make two, and a
     * call may come for nothing; so decide by the picture and never count calls. Children fill
     * on between the picture and the step: place what replaces a child only once the picture
     * shows that it has ended.
     *
     * A pure function, as plan. With OES_WAKE_AMEND it emits what the amend means, or one REJECT,
     * or answers OES_UNSUPPORTED, which refuses the amend as amend_unsupported. Anything but
     * OES_OK leaves the order as it is; the host logs it and calls again later.
     */
    oes_status (*on_event)(
        const struct oes_order_type *self, const oes_event_input_t *input,
        const oes_out_t *out);
} oes_order_type_t;

/* ---- Times in force ---------------------------------------------------------------------- */

typedef struct oes_terms_input {
    uint32_t struct_size;
    uint32_t reserved;
    const oes_order_t *order;
    /* What the order type placed for the order itself. For a CONTAINER a place of limit pricing
     * that rests, with its price, or OES_NONE. */
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
    /* What will go to the matcher: the order itself or one of its children, each of which is
     * judged alone. On amend its quantity is the new total. */
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
