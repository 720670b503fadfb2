-- Instruments as the host hands them over.

local function check_part(is_good, name)
    if not is_good then refuse('bad_argument', 'name=' .. name) end
end

local function check_symbol(symbol)
    check_part(find(symbol, '^[%w._/-]+$') and #symbol <= 20, 'symbol')
    return symbol
end

local read_instrument

do

local SCALE_MOST = 9

-- Whole up to the host's own part: the currency and the schedule have all their bytes.
local function is_whole_instrument(record)
    local least = INSTRUMENT_LEAST_BYTES
    if #record <= least then return false end
    least = least + record:byte(least) + 1
    if record:byte(1) == 1 then return #record >= least - 1 end
    return #record >= least and #record >= least + record:byte(least)
end

-- Entries of 9 bytes in their order, each open or closed.
local function check_schedule(i)
    check_part(fmod(#i.schedule, 9) == 0, 'schedule')
    local before = 0
    for _, change in ipairs(i.changes) do
        check_part(change.time >= before and change.time <= MAXIMUM, 'schedule')
        check_part(change.state == 1 or change.state == 3, 'schedule')
        before = change.time
    end
end

-- An INSTRUMENT record as the host packs it; its revision and created_at count for nothing.
function read_instrument(symbol, record)
    check_part(is_whole_instrument(record), 'record')
    local i = unpack_instrument(symbol, record)
    check_part(i.version == 1 or i.version == 2, 'version')
    check_schedule(i)
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

end

local function instrument_changed(call, instrument)
    append(call, 'changed_instruments', instrument)
end
