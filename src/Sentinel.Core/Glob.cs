namespace Sentinel.Core;

/// <summary>Redis' glob patterns: of PSUBSCRIBE channels, of master names in commands, of the events a webhook wants.</summary>
/// <remarks>
/// <para>
/// <c>*</c> any characters, <c>?</c> one, <c>[abc]</c> and <c>[a-z]</c> one of these, <c>[^…]</c> one of no others,
/// <c>\</c> takes the special meaning from the next character.
/// </para>
/// <para>
/// The corners are those of Redis' <c>stringmatchlen</c>: <c>]</c> closes a set even when it comes first, so <c>[]</c>
/// matches nothing and <c>[^]</c> anything; a set that is never closed ends with the pattern; a range given backwards is
/// turned round; a <c>\</c> that ends the pattern stands for itself. A character here is a byte there, so text that may
/// be other than ASCII should come decoded as Latin-1.
/// </para>
/// </remarks>
public static class Glob
{
    /// <summary>Whether the whole text follows the pattern.</summary>
    /// <param name="pattern">The pattern; no text is an invalid one.</param>
    /// <param name="text">The text.</param>
    /// <param name="ignoreCase">Whether ASCII letters of either case are equal. Default false.</param>
    /// <remarks>
    /// Time is at most pattern length × text length, whoever wrote the pattern: everything but <c>*</c> takes exactly one
    /// character, so when a match fails only the last <c>*</c> seen can be wrong, and no earlier one is tried again.
    /// </remarks>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false)
    {
        int at = 0;
        int textAt = 0;
        int afterStar = -1;      // where the pattern goes on after the last star; -1: none was met
        int starEnd = 0;         // where the text goes on that this star did not take
        while (textAt < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                afterStar = ++at;
                starEnd = textAt;
            }
            else if (at < pattern.Length && TakesOne(pattern, ref at, text[textAt], ignoreCase))
                textAt++;
            else if (afterStar >= 0)
            {
                at = afterStar;
                textAt = ++starEnd;
            }
            else
                return false;
        }
        return !pattern[at..].ContainsAnyExcept('*');
    }

    /// <summary>Whether the element that begins at <paramref name="at"/>, which is no star, takes the character; moves on to the next element.</summary>
    private static bool TakesOne(ReadOnlySpan<char> pattern, ref int at, char character, bool ignoreCase)
    {
        char element = pattern[at++];
        switch (element)
        {
            case '?':
                return true;
            case '[':
                return SetHas(pattern, ref at, character, ignoreCase);
            case '\\' when at < pattern.Length:
                element = pattern[at++];
                break;
        }
        return Fold(element, ignoreCase) == Fold(character, ignoreCase);
    }

    /// <summary>Whether the set, whose bracket has been read, holds the character; moves behind its end.</summary>
    private static bool SetHas(ReadOnlySpan<char> pattern, ref int at, char character, bool ignoreCase)
    {
        bool isNegated = at < pattern.Length && pattern[at] == '^';
        if (isNegated)
            at++;
        char sought = Fold(character, ignoreCase);
        bool isFound = false;
        while (at < pattern.Length)
        {
            char first = pattern[at++];
            if (first == ']')
                break;
            char last = first;
            if (first == '\\' && at < pattern.Length)
                first = last = pattern[at++];
            else if (pattern.Length - at >= 2 && pattern[at] == '-')
            {
                last = pattern[at + 1];
                at += 2;
            }
            if (first > last)
                (first, last) = (last, first);
            isFound |= Fold(first, ignoreCase) <= sought && sought <= Fold(last, ignoreCase);
        }
        return isFound != isNegated;
    }

    private static char Fold(char character, bool ignoreCase) =>
        ignoreCase && char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character;
}
