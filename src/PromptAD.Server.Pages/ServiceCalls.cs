using System.Globalization;
using System.Net;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;
using PromptAD.Client;

namespace PromptAD.Server.Pages;

/// <summary>What becomes of a request that the service refuses: words for the person, or the way to the sign-in.</summary>
internal static class ServiceCalls
{
    private const HttpStatusCode DiskFull = (HttpStatusCode)507;

    /// <summary>Whether an error is one of the service, or of the way to it.</summary>
    public static bool IsRefusal(Exception error) => error is InspectionServiceException or HttpRequestException;

    /// <summary>What a person is told; null where the session has ended, and the page is left for the sign-in.</summary>
    public static async Task<string?> TellAsync(Exception error, IStringLocalizer<Words> words, IJSRuntime browser)
    {
        if (error is not InspectionServiceException refused) return words["Busy"];
        if (refused.Status != HttpStatusCode.Unauthorized) return WordOf(refused) is { } key ? words[key] : Quote(refused.Message, words);
        await browser.InvokeVoidAsync("promptad.leave");
        return null;
    }

    /// <summary>A line of the service, which is English, with a lead-in where the page is not.</summary>
    public static string Quote(string line, IStringLocalizer<Words> words) =>
        CultureInfo.CurrentUICulture.Name == PageCultures.All[0].Name ? line : words["ServiceSays", line];

    /// <summary>The key of the words for a refusal, by its kind and status and never by its sentence; null where there are none.</summary>
    private static string? WordOf(InspectionServiceException refused) => (refused.Problem, refused.Status) switch
    {
        ("QueueFull", _) or (_, HttpStatusCode.TooManyRequests) => "RefusedQueueFull",
        ("DiskFull", _) or (_, DiskFull) => "RefusedDiskFull",
        (_, HttpStatusCode.Forbidden) => "MayNot",
        (_, >= HttpStatusCode.InternalServerError) => "Busy",
        ("Overtaken", _) or (_, HttpStatusCode.PreconditionFailed) => "RefusedOvertaken",
        ("NotAPicture", _) => "RefusedNotAPicture",
        ("TooLarge", _) or (_, HttpStatusCode.RequestEntityTooLarge) => "RefusedTooLarge",
        ("UnknownProduct", _) => "RefusedUnknownProduct",
        ("Unknown", _) => "RefusedUnknown",
        ("Taken", _) => "RefusedTaken",
        _ => null,
    };
}
