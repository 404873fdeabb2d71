/** Python that answers from the notes that sub-models took on the parts of a context. */

/**
 * Defines `answered(instruction)`, which asks for an answer from `replies`. If the notes are too long for one call, it asks
 * about parts of them, and then about the parts' answers.
 */
export const ANSWER_FROM_NOTES = String.raw`
MOST = 300_000

def answered(instruction):
    noted = [reply for reply in replies if "nothing to note" not in reply.lower()]
    while True:
        held, parts = "", []
        for note in noted:
            if held and len(held) + len(note) > MOST:
                parts.append(held)
                held = ""
            held += note[:MOST] + "\n\n"
        parts.append(held)
        if len(parts) == 1:
            return llm_query(instruction + "\n\n" + parts[0])
        noted = llm_query_batched([instruction + "\n\n" + part for part in parts])`;
