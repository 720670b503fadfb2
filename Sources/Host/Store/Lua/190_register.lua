-- The functions' names in Redis. Each function's file is a block, since Lua takes no more than 200
-- locals side by side, and ends with its registration.

-- `plan` is the first half, `write_call` the second where it isn't `commit`. The flag allow-oom is
-- for what only ends orders: one can always get out, even of a full Redis.
local function register(name, plan, flags, write_call)
    redis.register_function({
        function_name = 'oes_@VERSION@_' .. name,
        callback = callable(plan, write_call or commit, name == 'cancel' or name == 'tick'),
        flags = flags or {},
    })
end
