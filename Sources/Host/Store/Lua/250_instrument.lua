-- instrument: lists a new one, or changes one that is listed.

do

local function has_open_orders(call)
    for _, book in pairs(call.names.book) do
        for _, side in ipairs(book) do
            if redis_call('ZCARD', side) > 0 then return true end
        end
    end
    return redis_call('ZCARD', call.names.parked) > 0
end

-- What orders, positions and holds were counted in can't change under them.
local function check_change(call, old, new)
    if old.price_scale ~= new.price_scale or old.quantity_scale ~= new.quantity_scale
        or old.currency ~= new.currency then
        refuse('scale_fixed', 'symbol=' .. new.symbol)
    end
    local is_recounted = old.maker_bps ~= new.maker_bps or old.taker_bps ~= new.taker_bps
        or old.tick ~= new.tick or old.lot ~= new.lot
    if is_recounted and has_open_orders(call) then
        refuse('open_orders', 'symbol=' .. new.symbol)
    end
end

local function instrument_function(keys, args)
    expect_arguments(args, 4)
    local symbol = check_symbol(args[1])
    local is_new = whole_within(args[2], 'create', 0, 1) == 1
    local instrument = read_instrument(symbol, args[3])
    local call, old = begin(keys, 7, symbol), nil
    if is_new then
        if redis_call('HEXISTS', keys.instruments, symbol) == 1 then
            refuse('symbol_exists', 'symbol=' .. symbol)
        end
        instrument.revision, instrument.created_at = 1, call.time
    else
        old = instrument_of(call, symbol)
        -- The revision that the change was made from; 0: the caller doesn't care.
        if instrument.revision ~= 0 and instrument.revision ~= old.revision then
            return nil, { 'stale' }
        end
        check_change(call, old, instrument)
        instrument.revision, instrument.created_at = old.revision + 1, old.created_at
    end
    instrument_changed(call, instrument)
    audit(call, args[4], AUDITED.instrument, symbol, old and old.record, instrument)
    prepare(call)
    return call, { 'ok', call.seq, instrument.record }
end

register('instrument', instrument_function)

end
