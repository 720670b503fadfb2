/*
 * The frozen layout of oes_plugin.h, checked by the compiler. A line here is a promise to every
 * plugin that was ever built: lines are added when fields are appended, and never changed.
 */
#include "oes_plugin.h"

#include <stddef.h>

_Static_assert(sizeof(void *) == 8, "OES runs on 64-bit systems");

#define AT(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved")
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " changed its size")
/* A struct that may grow keeps at least its first size. */
#define SIZE_AT_LEAST(type, size) _Static_assert(sizeof(type) >= (size), #type " shrank")

/* Frozen for ever: structs without struct_size, and the prefixes. */
SIZE(oes_str, 16);
AT(oes_str, ptr, 0);
AT(oes_str, len, 8);

SIZE(oes_value_t, 48);
AT(oes_value_t, name, 0);
AT(oes_value_t, kind, 16);
AT(oes_value_t, integer, 24);
AT(oes_value_t, text, 32);

SIZE(oes_instance_t, 24);
AT(oes_instance_t, struct_size, 0);
AT(oes_instance_t, plugin_data, 8);
AT(oes_instance_t, destroy, 16);

AT(oes_module_t, magic, 0);
AT(oes_module_t, struct_size, 8);
AT(oes_module_t, abi_major, 12);
AT(oes_module_t, abi_minor, 16);
AT(oes_module_t, min_host_minor, 20);
AT(oes_module_t, descriptor, 24);
AT(oes_module_t, init, 32);
AT(oes_module_t, shutdown, 40);
AT(oes_module_t, get_factory, 48);
SIZE_AT_LEAST(oes_module_t, 56);

AT(oes_host_t, struct_size, 0);
AT(oes_host_t, abi_major, 4);
AT(oes_host_t, abi_minor, 8);
AT(oes_host_t, name, 16);
AT(oes_host_t, version, 32);
AT(oes_host_t, host_data, 48);
AT(oes_host_t, get_extension, 56);
SIZE_AT_LEAST(oes_host_t, 64);

AT(oes_host_log_t, write, 8);
AT(oes_host_clock_t, wall_micros, 8);
AT(oes_host_clock_t, monotonic_micros, 16);
AT(oes_host_mul_div_t, mul_div, 8);
AT(oes_host_thread_check_t, current, 8);

AT(oes_module_descriptor_t, id, 8);
AT(oes_module_descriptor_t, title, 24);
AT(oes_module_descriptor_t, vendor, 40);
AT(oes_module_descriptor_t, version, 56);
AT(oes_module_descriptor_t, url, 72);
AT(oes_module_descriptor_t, licence, 88);
SIZE_AT_LEAST(oes_module_descriptor_t, 104);

AT(oes_entry_descriptor_t, state_version, 4);
AT(oes_entry_descriptor_t, id, 8);
AT(oes_entry_descriptor_t, name, 24);
AT(oes_entry_descriptor_t, title, 40);
AT(oes_entry_descriptor_t, vendor, 56);
AT(oes_entry_descriptor_t, version, 72);
AT(oes_entry_descriptor_t, url, 88);
AT(oes_entry_descriptor_t, licence, 104);
AT(oes_entry_descriptor_t, params_schema_json, 120);
AT(oes_entry_descriptor_t, config_schema_json, 136);
AT(oes_entry_descriptor_t, limits_schema_json, 152);
SIZE_AT_LEAST(oes_entry_descriptor_t, 168);

AT(oes_config_t, values, 8);
AT(oes_config_t, value_count, 16);
AT(oes_config_t, host_data, 24);
AT(oes_config_t, refuse, 32);
SIZE_AT_LEAST(oes_config_t, 40);

AT(oes_factory_t, count, 8);
AT(oes_factory_t, descriptor, 16);
AT(oes_factory_t, create, 24);
SIZE_AT_LEAST(oes_factory_t, 32);

AT(oes_instrument_t, price_scale, 4);
AT(oes_instrument_t, quantity_scale, 8);
AT(oes_instrument_t, money_scale, 12);
AT(oes_instrument_t, tick, 16);
AT(oes_instrument_t, lot, 24);
AT(oes_instrument_t, band_bps, 32);
AT(oes_instrument_t, maker_fee_bps, 40);
AT(oes_instrument_t, taker_fee_bps, 48);
AT(oes_instrument_t, symbol, 56);
AT(oes_instrument_t, currency, 72);
AT(oes_instrument_t, asset_type, 88);
SIZE_AT_LEAST(oes_instrument_t, 104);

AT(oes_market_t, best_bid, 8);
AT(oes_market_t, best_ask, 16);
AT(oes_market_t, last, 24);
AT(oes_market_t, as_of_seq, 32);
AT(oes_market_t, time, 40);
SIZE_AT_LEAST(oes_market_t, 48);

AT(oes_order_t, side, 4);
AT(oes_order_t, book, 8);
AT(oes_order_t, quantity, 16);
AT(oes_order_t, price, 24);
AT(oes_order_t, client_order_id, 32);
AT(oes_order_t, account, 48);
AT(oes_order_t, symbol, 64);
AT(oes_order_t, order_type, 80);
AT(oes_order_t, time_in_force, 96);
AT(oes_order_t, tag, 112);
AT(oes_order_t, params, 128);
AT(oes_order_t, param_count, 136);
SIZE_AT_LEAST(oes_order_t, 144);
AT(oes_order_t, flags, 144);
AT(oes_order_t, stp_mode, 148);
AT(oes_order_t, min_quantity, 152);
AT(oes_order_t, display_quantity, 160);
AT(oes_order_t, expire_time, 168);
SIZE_AT_LEAST(oes_order_t, 176);

AT(oes_account_t, id, 8);
AT(oes_account_t, account_type, 24);
AT(oes_account_t, risk_level, 40);
AT(oes_account_t, currency, 56);
AT(oes_account_t, balance, 72);
AT(oes_account_t, held, 80);
AT(oes_account_t, short_limit, 88);
SIZE_AT_LEAST(oes_account_t, 96);
AT(oes_account_t, group, 96);
AT(oes_account_t, available, 112);
AT(oes_account_t, multiple, 120);
AT(oes_account_t, open_orders, 128);
AT(oes_account_t, open_buy, 136);
AT(oes_account_t, open_sell, 144);
AT(oes_account_t, long_cost, 152);
AT(oes_account_t, short_cost, 160);
AT(oes_account_t, equity, 168);
AT(oes_account_t, day_profit, 176);
SIZE_AT_LEAST(oes_account_t, 184);

AT(oes_position_t, quantity, 8);
AT(oes_position_t, held, 16);
AT(oes_position_t, open_buy, 24);
AT(oes_position_t, cost, 32);
AT(oes_position_t, realized, 40);
SIZE_AT_LEAST(oes_position_t, 48);
AT(oes_position_t, executed, 48);
SIZE_AT_LEAST(oes_position_t, 56);

AT(oes_place_t, pricing, 4);
AT(oes_place_t, remainder, 8);
AT(oes_place_t, book, 12);
AT(oes_place_t, price, 16);
AT(oes_place_t, quantity, 24);
AT(oes_place_t, expire_at, 32);
SIZE_AT_LEAST(oes_place_t, 40);
AT(oes_place_t, child_key, 40);
AT(oes_place_t, side, 56);
AT(oes_place_t, post_only, 60);
AT(oes_place_t, reduce_only, 64);
AT(oes_place_t, self_trade, 68);
AT(oes_place_t, min_quantity, 72);
AT(oes_place_t, display_quantity, 80);
AT(oes_place_t, trigger_source, 88);
AT(oes_place_t, trigger_direction, 92);
AT(oes_place_t, trigger_price, 96);
AT(oes_place_t, trail, 104);
AT(oes_place_t, peg, 108);
AT(oes_place_t, trail_offset, 112);
AT(oes_place_t, limit_offset, 120);
AT(oes_place_t, peg_offset, 128);
AT(oes_place_t, after, 136);
AT(oes_place_t, link_group, 140);
AT(oes_place_t, link_action, 144);
SIZE_AT_LEAST(oes_place_t, 152);

AT(oes_container_t, pricing, 4);
AT(oes_container_t, price, 8);
AT(oes_container_t, quantity, 16);
AT(oes_container_t, expire_at, 24);
SIZE_AT_LEAST(oes_container_t, 32);

AT(oes_state_t, bytes, 8);
AT(oes_state_t, length, 16);
SIZE_AT_LEAST(oes_state_t, 24);

AT(oes_arm_t, wakes, 4);
AT(oes_arm_t, time, 8);
SIZE_AT_LEAST(oes_arm_t, 16);

AT(oes_cancel_t, child_key, 8);
SIZE_AT_LEAST(oes_cancel_t, 24);

AT(oes_amend_t, child_key, 8);
AT(oes_amend_t, price, 24);
AT(oes_amend_t, quantity, 32);
SIZE_AT_LEAST(oes_amend_t, 40);

AT(oes_done_t, reason, 8);
SIZE_AT_LEAST(oes_done_t, 24);

AT(oes_reject_t, code, 8);
AT(oes_reject_t, field, 24);
AT(oes_reject_t, text, 40);
AT(oes_reject_t, values, 56);
SIZE_AT_LEAST(oes_reject_t, 72);

AT(oes_terms_t, remainder, 4);
AT(oes_terms_t, expire_at, 8);
SIZE_AT_LEAST(oes_terms_t, 16);

AT(oes_guard_t, metric, 4);
AT(oes_guard_t, limit, 8);
AT(oes_guard_t, exempt_if_reducing, 16);
AT(oes_guard_t, code, 24);
SIZE_AT_LEAST(oes_guard_t, 40);
AT(oes_guard_t, scope, 40);
AT(oes_guard_t, window_ms, 48);
SIZE_AT_LEAST(oes_guard_t, 56);

AT(oes_measure_t, unit, 4);
AT(oes_measure_t, name, 8);
AT(oes_measure_t, value, 24);
AT(oes_measure_t, limit, 32);
AT(oes_measure_t, at_least, 40);
SIZE_AT_LEAST(oes_measure_t, 48);

AT(oes_alert_t, severity, 4);
AT(oes_alert_t, account, 8);
AT(oes_alert_t, symbol, 24);
AT(oes_alert_t, code, 40);
AT(oes_alert_t, text, 56);
AT(oes_alert_t, dedupe_key, 72);
AT(oes_alert_t, window_ms, 88);
SIZE_AT_LEAST(oes_alert_t, 96);

AT(oes_action_t, account, 8);
AT(oes_action_t, code, 24);
AT(oes_action_t, text, 40);
SIZE_AT_LEAST(oes_action_t, 56);

AT(oes_instruction_t, kind, 4);
AT(oes_instruction_t, place, 8);
AT(oes_instruction_t, reject, 16);
AT(oes_instruction_t, terms, 24);
AT(oes_instruction_t, guard, 32);
SIZE_AT_LEAST(oes_instruction_t, 40);
AT(oes_instruction_t, container, 40);
AT(oes_instruction_t, state, 48);
AT(oes_instruction_t, arm, 56);
AT(oes_instruction_t, cancel, 64);
AT(oes_instruction_t, amend, 72);
AT(oes_instruction_t, done, 80);
SIZE_AT_LEAST(oes_instruction_t, 88);
AT(oes_instruction_t, measure, 88);
AT(oes_instruction_t, alert, 96);
AT(oes_instruction_t, action, 104);
SIZE_AT_LEAST(oes_instruction_t, 112);

AT(oes_out_t, host_data, 8);
AT(oes_out_t, emit, 16);
SIZE_AT_LEAST(oes_out_t, 24);

AT(oes_plan_input_t, order, 8);
AT(oes_plan_input_t, instrument, 16);
AT(oes_plan_input_t, market, 24);
SIZE_AT_LEAST(oes_plan_input_t, 32);
AT(oes_order_type_t, plan, 24);
SIZE_AT_LEAST(oes_order_type_t, 32);
AT(oes_order_type_t, on_event, 32);
SIZE_AT_LEAST(oes_order_type_t, 40);

AT(oes_child_t, status, 4);
AT(oes_child_t, side, 8);
AT(oes_child_t, pricing, 12);
AT(oes_child_t, key, 16);
AT(oes_child_t, price, 32);
AT(oes_child_t, quantity, 40);
AT(oes_child_t, filled, 48);
AT(oes_child_t, leaves, 56);
SIZE_AT_LEAST(oes_child_t, 64);

AT(oes_wake_t, kinds, 4);
AT(oes_wake_t, time, 8);
AT(oes_wake_t, seq, 16);
AT(oes_wake_t, price, 24);
AT(oes_wake_t, quantity, 32);
SIZE_AT_LEAST(oes_wake_t, 40);

AT(oes_event_input_t, state_version, 4);
AT(oes_event_input_t, order, 8);
AT(oes_event_input_t, instrument, 16);
AT(oes_event_input_t, market, 24);
AT(oes_event_input_t, wake, 32);
AT(oes_event_input_t, filled, 40);
AT(oes_event_input_t, created_at, 48);
AT(oes_event_input_t, expire_at, 56);
AT(oes_event_input_t, children, 64);
AT(oes_event_input_t, child_count, 72);
AT(oes_event_input_t, state, 80);
AT(oes_event_input_t, state_length, 88);
AT(oes_event_input_t, commits, 96);
SIZE_AT_LEAST(oes_event_input_t, 104);

AT(oes_terms_input_t, order, 8);
AT(oes_terms_input_t, place, 16);
AT(oes_terms_input_t, instrument, 24);
AT(oes_terms_input_t, market, 32);
AT(oes_terms_input_t, session_end, 40);
SIZE_AT_LEAST(oes_terms_input_t, 48);
AT(oes_time_in_force_t, apply, 24);
SIZE_AT_LEAST(oes_time_in_force_t, 32);

AT(oes_check_input_t, operation, 4);
AT(oes_check_input_t, order, 8);
AT(oes_check_input_t, place, 16);
AT(oes_check_input_t, instrument, 24);
AT(oes_check_input_t, market, 32);
AT(oes_check_input_t, account, 40);
AT(oes_check_input_t, position, 48);
AT(oes_check_input_t, limits, 56);
AT(oes_check_input_t, limit_count, 64);
AT(oes_check_input_t, worst_price, 72);
AT(oes_check_input_t, filled, 80);
AT(oes_check_input_t, order_hold, 88);
SIZE_AT_LEAST(oes_check_input_t, 96);
AT(oes_check_input_t, policy_version, 96);
AT(oes_check_input_t, usual_quantity, 104);
AT(oes_check_input_t, usual_count, 112);
AT(oes_check_input_t, is_child, 120);
SIZE_AT_LEAST(oes_check_input_t, 128);
AT(oes_risk_rule_t, check, 24);
SIZE_AT_LEAST(oes_risk_rule_t, 32);
AT(oes_risk_rule_t, on_events, 32);
SIZE_AT_LEAST(oes_risk_rule_t, 40);

AT(oes_risk_event_t, kind, 4);
AT(oes_risk_event_t, seq, 8);
AT(oes_risk_event_t, time, 16);
AT(oes_risk_event_t, account, 24);
AT(oes_risk_event_t, instrument, 32);
AT(oes_risk_event_t, limits, 40);
AT(oes_risk_event_t, limit_count, 48);
AT(oes_risk_event_t, side, 56);
AT(oes_risk_event_t, price, 64);
AT(oes_risk_event_t, quantity, 72);
AT(oes_risk_event_t, order_id, 80);
AT(oes_risk_event_t, code, 96);
SIZE_AT_LEAST(oes_risk_event_t, 112);

AT(oes_risk_batch_t, money_scale, 4);
AT(oes_risk_batch_t, events, 8);
AT(oes_risk_batch_t, event_count, 16);
AT(oes_risk_batch_t, time, 24);
SIZE_AT_LEAST(oes_risk_batch_t, 32);

AT(oes_event_t, id, 8);
AT(oes_event_t, type, 24);
AT(oes_event_t, account, 40);
AT(oes_event_t, symbol, 56);
AT(oes_event_t, severity, 72);
AT(oes_event_t, json, 88);
SIZE_AT_LEAST(oes_event_t, 104);

AT(oes_batch_t, attempt, 4);
AT(oes_batch_t, deadline_millis, 8);
AT(oes_batch_t, events, 16);
AT(oes_batch_t, event_count, 24);
SIZE_AT_LEAST(oes_batch_t, 32);

AT(oes_delivery_t, outcome, 4);
AT(oes_delivery_t, retry_after_millis, 8);
AT(oes_delivery_t, through_index, 16);
AT(oes_delivery_t, text, 24);
SIZE_AT_LEAST(oes_delivery_t, 40);

AT(oes_delivery_out_t, host_data, 8);
AT(oes_delivery_out_t, report, 16);
SIZE_AT_LEAST(oes_delivery_out_t, 24);
AT(oes_notifier_t, deliver, 24);
AT(oes_notifier_t, flush, 32);
AT(oes_notifier_t, cancel, 40);
SIZE_AT_LEAST(oes_notifier_t, 48);
