using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Api.Http;

/// <summary>Kinds of errors, as the API names them.</summary>
internal enum ApiErrorType
{
    /// <summary>A parameter or expression is wrong.</summary>
    BadData,

    /// <summary>The expression cannot be run.</summary>
    Execution,

    /// <summary>The client went away.</summary>
    Canceled,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>Stored data cannot be read, or a fault of ours.</summary>
    Internal,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>Too many requests of the tenant wait; later there may be room.</summary>
    TooManyRequests,
    /// <summary>It is not offered here.</summary>
    Unavailable,

    /// <summary>No form that the client accepts is known.</summary>
    NotAcceptable,
}

/// <summary>Ends a request with an error envelope.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "An error without a type has no status.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Caught where requests enter this assembly.")]
internal sealed class ApiException(ApiErrorType type, string message) : Exception(message)
{
    public ApiErrorType Type { get; } = type;

    public int StatusCode => Type switch
    {
        ApiErrorType.BadData => 400,
        ApiErrorType.Execution => 422,
        ApiErrorType.Canceled => 499,
        ApiErrorType.Timeout => 503,
        ApiErrorType.NotFound => 404,
        ApiErrorType.TooManyRequests => 429,
        ApiErrorType.NotAcceptable => 406,
        _ => 500,
    };

    public string TypeName => Type switch
    {
        ApiErrorType.BadData => "bad_data",
        ApiErrorType.Execution => "execution",
        ApiErrorType.Canceled => "canceled",
        ApiErrorType.Timeout => "timeout",
        ApiErrorType.NotFound => "not_found",
        ApiErrorType.TooManyRequests => "too_many_requests",
        ApiErrorType.Unavailable => "unavailable",
        ApiErrorType.NotAcceptable => "not_acceptable",
        _ => "internal",
    };

    public static ApiException BadParameter(string name, string reason) => new(ApiErrorType.BadData, $"invalid parameter \"{name}\": {reason}");
}
