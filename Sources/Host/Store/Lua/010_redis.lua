-- The names of Redis and of Lua's own libraries. None of them exists while the library loads, so
-- the first call of the process binds them; as locals they cost less than as globals.

local function globals()
    return error, ipairs, pcall, tonumber, type, unpack
end

local error, ipairs, pcall, tonumber, type, unpack
local redis_call, pack, unpack_struct
local format, find, match, gmatch, sub, concat, table_sort, fmod

local function bind()
    error, ipairs, pcall, tonumber, type, unpack = globals()
    redis_call = redis.call
    pack, unpack_struct = struct.pack, struct.unpack
    format, find, match, gmatch = string.format, string.find, string.match, string.gmatch
    sub, concat, table_sort, fmod = string.sub, table.concat, table.sort, math.fmod
end

-- Ends the first half of a call: nothing was written, and nothing will be.
local function refuse(code, values)
    error({ refused = code, values = values or '' })
end
