-- Exact whole numbers. Traps that this file is here for: tostring and `..` round at 14 digits,
-- `%` and floor(a / b) round above 2^53, and tonumber takes "0x10", "1e3" and "nan".

local MAXIMUM = 9007199254740991
-- Notional sums are kept as high × NOTIONAL_BASE + low.
local NOTIONAL_BASE = 100000000000000

local whole, multiply_divide, digits_of, decimal

-- A sum that may have grown too large: the number itself, or the call is refused. Only the last
-- addition may pass 2^53: of three numbers, first take the difference of two.
local function bounded(number)
    if number > MAXIMUM or number < -MAXIMUM then refuse('amount_too_large') end
    return number
end

do

-- Most arguments are one digit, and a table tells what it is for a tenth of what reading it costs.
local DIGITS = {}
for digit = 0, 9 do DIGITS['' .. digit] = digit end

-- The whole number that an argument spells.
function whole(text, name)
    local digit = DIGITS[text]
    if digit then return digit end
    if #text > 17 or not find(text, '^%-?%d+$') then refuse('bad_argument', 'name=' .. name) end
    local number = tonumber(text)
    if number > MAXIMUM or number < -MAXIMUM then refuse('bad_argument', 'name=' .. name) end
    if number == 0 then return 0 end
    return number
end

-- a × b ÷ d and what remains, where the product passes 2^53: one bit of b after the other, doubling
-- quotient and remainder. No step leaves 2^53, or its result is exact all the same (a doubling).
local function multiply_divide_large(a, b, d)
    if a < b then a, b = b, a end
    local step_rest = fmod(a, d)
    local step = (a - step_rest) / d
    local quotient, rest = 0, 0
    local _, bits = math.frexp(b)
    local bit = math.ldexp(1, bits - 1)
    while bit >= 1 do
        quotient = quotient + quotient
        if rest >= d - rest then
            quotient, rest = quotient + 1, rest - (d - rest)
        else
            rest = rest + rest
        end
        if b >= bit then
            b, quotient = b - bit, quotient + step
            if rest >= d - step_rest then
                quotient, rest = quotient + 1, rest - (d - step_rest)
            else
                rest = rest + step_rest
            end
        end
        bit = bit / 2
    end
    return bounded(quotient), rest
end

-- a × b ÷ d rounded down, and what remains: whole numbers from 0 up, d from 1 up. Refused where the
-- quotient passes 2^53-1.
function multiply_divide(a, b, d)
    local product = a * b
    if product > MAXIMUM then return multiply_divide_large(a, b, d) end
    local rest = fmod(product, d)
    return (product - rest) / d, rest
end

-- A whole number in decimal digits. A call spells the same price for several keys in a row.
local spelled_number, spelled
function digits_of(number)
    if number ~= spelled_number then
        spelled_number, spelled = number, format('%d', number)
    end
    return spelled
end

-- A scaled number as clients write it: (1505, 2) gives "15.05", without trailing zeros.
function decimal(number, scale)
    local sign = number < 0 and '-' or ''
    local digits = format('%d', number < 0 and -number or number)
    if scale == 0 then return sign .. digits end
    digits = string.rep('0', scale + 1 - #digits) .. digits
    local fraction = string.gsub(sub(digits, -scale), '0+$', '')
    if fraction ~= '' then fraction = '.' .. fraction end
    return sign .. sub(digits, 1, -scale - 1) .. fraction
end

end

local function whole_within(text, name, least, most)
    local number = whole(text, name)
    if number < least or number > most then refuse('bad_argument', 'name=' .. name) end
    return number
end
