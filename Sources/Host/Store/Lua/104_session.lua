-- Whether an instrument trades now. What an administrator set wins; else the calendar's last change up to
-- this moment says it, and before the first one the opposite of what that brings. The time is the call's
-- own, so a session begins and ends on time whatever the hosts do.

local check_instrument, is_trading

do

local OPEN, HALTED, CLOSED = 1, 2, 3

local function quotient(a, b)
    return (a - fmod(a, b)) / b
end

-- 2026-03-09T13:30:00Z, from UTC microseconds. Years are counted from 1 March, in eras of 400.
local function iso_time(micros)
    local seconds = quotient(micros, 1000000)
    local second = fmod(seconds, 86400)
    local days = quotient(seconds, 86400) + 719468
    local era, day = quotient(days, 146097), fmod(days, 146097)
    local year = quotient(
        day - quotient(day, 1460) + quotient(day, 36524) - quotient(day, 146096), 365)
    day = day - (365 * year + quotient(year, 4) - quotient(year, 100))
    local month = quotient(5 * day + 2, 153)
    day = day - quotient(153 * month + 2, 5) + 1
    month = month < 10 and month + 3 or month - 9
    year = year + era * 400 + (month <= 2 and 1 or 0)
    return format('%04d-%02d-%02dT%02d:%02d:%02dZ', year, month, day, quotient(second, 3600),
        fmod(quotient(second, 60), 60), fmod(second, 60))
end

risk.iso_time = iso_time

-- Whether the calendar has it closed, and when it opens next, where that is known.
local function calendar_state(changes, time)
    if #changes == 0 then return false end
    local is_closed, opens_at = changes[1].state == OPEN, nil
    for index = 1, #changes do
        local change = changes[index]
        if change.time <= time then
            is_closed = change.state == CLOSED
        elseif change.state == OPEN then
            opens_at = change.time
            break
        end
    end
    return is_closed, opens_at
end

function is_trading(call)
    local instrument = call.instrument
    return instrument.state == OPEN and not calendar_state(instrument.changes, call.time)
end

-- Refused where it doesn't.
function check_instrument(call)
    local instrument = call.instrument
    local symbol = 'symbol=' .. instrument.symbol
    if instrument.state == HALTED then refuse('instrument_halted', symbol) end
    if instrument.state == CLOSED then refuse('instrument_closed', symbol) end
    local is_closed, opens_at = calendar_state(instrument.changes, call.time)
    if not is_closed then return end
    if opens_at then symbol = symbol .. ', opens_at=' .. iso_time(opens_at) end
    refuse('instrument_closed', symbol)
end

end
