using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace PromptAD.Server.Operations;

/// <summary>How the interface describes itself, as OpenAPI and as a page.</summary>
internal static class InterfaceDocument
{
    private const string Key = "key", Cookie = "cookie";

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "PromptAD inspection service";
            document.Info.Description =
                "Judges pictures for a line, keeps versions of every product, and a record of everything. Stations send a key as "
                + "'Authorization: Bearer'; people sign in. Errors are problem details with one line that says what to do.";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A station's key." },
                [Cookie] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Cookie,
                    Name = "promptad",
                    Description = "Set by POST /api/sign-in.",
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any()) return Task.CompletedTask;
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Cookie, context.Document)] = [] },
            ];
            return Task.CompletedTask;
        });
    }

    /// <summary>Says which bytes an endpoint takes. It looks at them itself, so that others are refused in words.</summary>
    public static RouteHandlerBuilder TakesBytes(this RouteHandlerBuilder endpoint, params string[] types) =>
        endpoint.WithMetadata(new BytesTaken()).AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = types.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = bytes }),
            };
            return Task.CompletedTask;
        });

    public static void Configure(ScalarOptions options)
    {
        options.Title = "PromptAD inspection service";
        options.OpenApiRoutePattern = "/openapi.json";
        options.DefaultFonts = false; // nothing from other addresses
    }
}

/// <summary>Marks an endpoint that takes the bytes of pictures; all others take little.</summary>
internal sealed record BytesTaken;
