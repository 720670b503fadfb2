-- The names of keys. They are kept for the process: names only, never values.

local keys_of_prefix = {}

local function new_keys(prefix)
    local keys = { prefix = prefix, symbols = {}, access_keys = prefix .. ':keys' }
    for _, name in ipairs({
        'seq', 'events', 'instruments', 'market', 'accounts', 'positions', 'orders', 'account_id',
        'fees', 'projected', 'history', 'sessions', 'transactions',
    }) do
        keys[name] = prefix .. ':' .. name
    end
    return keys
end

-- The keys below a shard's prefix, KEYS[1].
local function keys_of(prefix)
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

-- A symbol's own keys: book[0 lit, 1 internal][1 buy, 2 sell], levels[1 buy, 2 sell], expiry. Only
-- for symbols that have an instrument, so that strangers can't fill this memory.
local function keys_of_symbol(keys, symbol)
    local names = keys.symbols[symbol]
    if not names then
        local prefix = keys.prefix
        names = {
            book = { [0] = sides(prefix, 'book', symbol), [1] = sides(prefix, 'dark', symbol) },
            levels = sides(prefix, 'levels', symbol),
            expiry = prefix .. ':expiry:' .. symbol,
        }
        keys.symbols[symbol] = names
    end
    return names
end
