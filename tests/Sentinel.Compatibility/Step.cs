using System.Globalization;
using System.Text.RegularExpressions;

namespace Sentinel.Compatibility;

/// <summary>One line of a conversation.</summary>
/// <param name="Connection">Which of the connections sends it: <c>a</c> unless the line says another letter.</param>
/// <param name="Messages">How many messages must come before it is sent: those of the original are there at once, ours a moment later.</param>
/// <param name="Request">What is sent, with the places that depend on the server still in braces.</param>
/// <param name="IsEventual">Whether the answer depends on what comes a little later, so that it is asked again until both agree.</param>
/// <param name="IsLast">Whether the server is to close the connection.</param>
internal sealed partial record Step(char Connection, int Messages, string Request, bool IsEventual, bool IsLast)
{
    public static Step Parse(string line)
    {
        Match match = Form().Match(line);
        return new Step(
            match.Groups["connection"].Success ? match.Groups["connection"].Value[0] : 'a',
            match.Groups["messages"].Success ? int.Parse(match.Groups["messages"].Value, CultureInfo.InvariantCulture) : 0,
            match.Groups["request"].Value,
            match.Groups["mark"].Value == "~",
            match.Groups["mark"].Value == "!");
    }

    [GeneratedRegex(@"^((?<mark>[~!]) )?((?<connection>[a-z])(\((?<messages>\d+)\))?: )?(?<request>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
