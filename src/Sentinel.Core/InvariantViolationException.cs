namespace Sentinel.Core;

/// <summary>A rule on which safety hangs would have been broken. A bug: better to stop, loudly, than to act wrongly.</summary>
public sealed class InvariantViolationException : Exception
{
    /// <summary>Says which rule.</summary>
    public InvariantViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Says nothing; there for serializers and the like.</summary>
    public InvariantViolationException()
    {
    }

    /// <summary>Says which rule, and what led to it.</summary>
    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
