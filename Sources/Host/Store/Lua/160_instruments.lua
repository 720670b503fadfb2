-- Instruments as the host hands them over.

local SCALE_MOST = 9

local function check_part(is_good, name)
    if not is_good then refuse('bad_argument', 'name=' .. name) end
end

local function check_symbol(symbol)
    check_part(find(symbol, '^[%w._/-]+$') and #symbol <= 20, 'symbol')
    return symbol
end

-- An INSTRUMENT record as the host packs it; its revision and created_at count for nothing.
local function read_instrument(symbol, record)
    check_part(#record > INSTRUMENT_LEAST_BYTES
        and #record >= INSTRUMENT_LEAST_BYTES + record:byte(INSTRUMENT_LEAST_BYTES), 'record')
    local i = unpack_instrument(symbol, record)
    check_part(i.version == 1, 'version')
    check_part(i.state >= 1 and i.state <= 3, 'state')
    check_part(i.price_scale <= SCALE_MOST, 'price_scale')
    check_part(i.quantity_scale <= SCALE_MOST, 'quantity_scale')
    check_part(i.money_scale == MONEY_SCALE, 'money_scale')
    check_part(i.tick >= 1 and i.tick <= MAXIMUM, 'tick_size')
    check_part(i.lot >= 1 and i.lot <= MAXIMUM, 'lot_size')
    check_part(i.band_bps >= 0 and i.band_bps <= 1000000, 'price_band_bps')
    check_part(i.min_notional >= 0 and i.min_notional <= MAXIMUM, 'min_notional')
    check_part(i.maker_bps >= 0 and i.maker_bps <= 10000, 'maker_fee_bps')
    check_part(i.taker_bps >= 0 and i.taker_bps <= 10000, 'taker_fee_bps')
    check_currency(i.currency)
    return i
end

local function instrument_changed(call, instrument)
    append(call, 'changed_instruments', instrument)
end
