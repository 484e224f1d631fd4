using Microsoft.AspNetCore.Http.Features;

namespace PromptAD.Server.Operations;

/// <summary>Bodies of requests are small, but for those that bring pictures or recipes; what is larger is refused as it is read.</summary>
internal static class SmallBodies
{
    private const long Most = 1_000_000; // bytes

    public static Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        bool takesBytes = context.GetEndpoint()?.Metadata.GetMetadata<BytesTaken>() is not null;
        if (!takesBytes && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = Most;
        return next(context);
    }
}
