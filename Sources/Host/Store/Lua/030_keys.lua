-- The names of keys. They are kept for the process: names only, never values.

local keys_of, keys_of_symbol

do

local keys_of_prefix = {}

local function new_keys(prefix)
    local keys = { prefix = prefix, symbols = {}, access_keys = prefix .. ':keys' }
    for _, name in ipairs({
        'seq', 'events', 'instruments', 'market', 'accounts', 'positions', 'orders', 'account_id',
        'fees', 'projected', 'history', 'sessions', 'transactions', 'children', 'guards',
        'states', 'timers', 'groups', 'switches', 'scopes', 'rates', 'throttles',
    }) do
        keys[name] = prefix .. ':' .. name
    end
    return keys
end

-- The keys below a shard's prefix, KEYS[1].
function keys_of(prefix)
    local keys = keys_of_prefix[prefix]
    if not keys then
        keys = new_keys(prefix)
        keys_of_prefix[prefix] = keys
    end
    return keys
end

local function sides(prefix, kind, symbol)
    local name = prefix .. ':' .. kind .. ':' .. symbol
    return { name .. ':b', name .. ':s' }
end

-- Triggers by source (1 last, 2 bid, 3 ask) and direction (1 at or above, 2 at or below).
local function stop_keys(prefix, symbol)
    local name, stops = prefix .. ':stops:' .. symbol .. ':', {}
    for source, letter in ipairs({ 'l', 'b', 'a' }) do
        stops[source] = { name .. letter .. 'u', name .. letter .. 'd' }
    end
    return stops
end

-- A symbol's own keys: book[0 lit, 1 internal][1 buy, 2 sell], levels[1 buy, 2 sell], stops, trails
-- [1 buy, 2 sell], and one of each of the others. Only for symbols that have an instrument, so that
-- strangers can't fill this memory.
function keys_of_symbol(keys, symbol)
    local names = keys.symbols[symbol]
    if not names then
        local prefix = keys.prefix
        names = {
            book = { [0] = sides(prefix, 'book', symbol), [1] = sides(prefix, 'dark', symbol) },
            levels = sides(prefix, 'levels', symbol),
            stops = stop_keys(prefix, symbol),
            trails = {
                prefix .. ':trails:' .. symbol .. ':u', prefix .. ':trails:' .. symbol .. ':d',
            },
        }
        for _, name in ipairs({ 'expiry', 'parked', 'work', 'points', 'pegs', 'pegged' }) do
            names[name] = prefix .. ':' .. name .. ':' .. symbol
        end
        keys.symbols[symbol] = names
    end
    return names
end

end
