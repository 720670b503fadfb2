#!lua name=oes_@VERSION@
-- The matching engine: the functions of docs/REDIS.md, one file an idea, joined in name order.
--
-- Every function works in two halves. The first reads, checks and computes, all in Lua tables;
-- whatever is wrong is refused there, and nothing has been written. The second writes what the
-- first prepared, and has nothing left to decide. Redis rolls nothing back, so this order is what
-- makes a call atomic.
--
-- Every number is a whole number of at most 2^53-1, the largest that Lua keeps exactly.

-- Limits of one call; Limits.swift names the same. Others stand where they are kept.
local FILLS_PER_CALL = 1000
local EXPIRIES_PER_CALL = 100
-- Places in books and in the work queue that one call may take, so that each has a number of its own.
local PLACES_PER_CALL = 16384

-- Decimals of money, in every currency: Money.scale.
local MONEY_SCALE = 4
