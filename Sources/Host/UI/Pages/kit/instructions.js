// What any order may carry whatever its type: the host's own fields of POST /api/v1/orders,
// described as a plugin describes its own, so that the ticket draws them alike.

const GIVEN = {
  post_only: {
    type: "boolean", title: "Post only",
    description: "Refused if any of it would trade at once.",
  },
  reduce_only: {
    type: "boolean", title: "Reduce only",
    description: "Never does more than bring the position to zero.",
  },
  all_or_none: {
    type: "boolean", title: "All or none",
    description: "All of it trades at once, or none; nothing rests.",
  },
  internal: {
    type: "boolean", title: "Internal book",
    description: "Crosses in the dark, unseen by others.",
  },
  min_quantity: {
    type: "number", "x-oes-format": "quantity", title: "Minimum",
    description: "At least so much trades on arrival.",
  },
  display_quantity: {
    type: "number", "x-oes-format": "quantity", title: "Shown at a time",
    description: "The rest of it stays hidden.",
  },
  stp_mode: {
    type: "string", enum: ["cancel_newest", "cancel_oldest", "cancel_both", "decrement"],
    title: "Meeting my own order", description: "What gives way; the newest unless given.",
  },
  tag: { type: "string", title: "Tag", description: "A name to find it by, such as a strategy." },
};

export const INSTRUCTIONS = Object.entries(GIVEN).map(([name, field]) =>
  ({ ...field, name, isOwn: true, isRequired: false }));

/** Asked for by those times in force whose example gives one. */
export const EXPIRE_TIME = {
  name: "expire_time", type: "integer", "x-oes-format": "time", title: "Until", isOwn: true,
  isRequired: true, description: "In this computer’s time zone.",
};

export const wantsExpireTime = (timeInForce) =>
  Boolean(timeInForce?.params_schema?.["x-oes-example"]?.request?.expire_time);
