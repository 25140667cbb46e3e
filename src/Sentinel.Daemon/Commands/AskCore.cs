using System.Diagnostics.CodeAnalysis;
using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>Asks the core what a call wants to know.</summary>
/// <param name="call">The call.</param>
/// <param name="decision">Its answer, once the core has decided.</param>
/// <returns>False: its words are wrong, and nothing was done.</returns>
internal delegate bool AskCore(CommandCall call, [NotNullWhen(true)] out Task<Answer>? decision);
