using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Operations;

/// <summary>Which status and line an error becomes.</summary>
public sealed class ErrorAnswersTests
{
    public static TheoryData<Exception, int> Errors() => new()
    {
        { new DbUpdateException("x", new NpgsqlException("gone")), StatusCodes.Status503ServiceUnavailable },
        { new SqliteException("busy", 5), StatusCodes.Status503ServiceUnavailable },
        { new DbUpdateException("x", new SqliteException("full", 13)), StatusCodes.Status507InsufficientStorage },
        { new DbUpdateConcurrencyException("x"), StatusCodes.Status409Conflict },
        { new LostFileException("x"), StatusCodes.Status500InternalServerError },
        { new InvalidOperationException("a secret"), StatusCodes.Status500InternalServerError },
        { new BadHttpRequestException("x", StatusCodes.Status413PayloadTooLarge), StatusCodes.Status413PayloadTooLarge },
        { new PromptADException(Problem.Damaged, "x"), StatusCodes.Status422UnprocessableEntity },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Errors_become_a_status_and_a_line(Exception error, int status)
    {
        (int told, string detail) = ErrorAnswers.Read(error);

        Assert.Equal(status, told);
        Assert.DoesNotContain('\n', detail);
        Assert.DoesNotContain("secret", detail);
    }

    [Fact]
    public void Refusals_that_programs_tell_apart_have_a_kind()
    {
        Assert.Equal("DiskFull", Problems.Of(new DbUpdateException("x", new SqliteException("full", 13))));
        Assert.Equal("Overtaken", Problems.Of(new DbUpdateConcurrencyException("x")));
        Assert.Equal("TooLarge", Problems.Of(new BadHttpRequestException("x", StatusCodes.Status413PayloadTooLarge)));
        Assert.Equal("UnknownProduct", Problems.Of(ServiceException.UnknownProduct("plate")));
        Assert.Equal("Damaged", Problems.Of(new PromptADException(Problem.Damaged, "x")));
        Assert.Null(Problems.Of(new InvalidOperationException("a secret")));
    }

    [Fact]
    public void Every_problem_has_a_status() => Assert.All(
        Enum.GetValues<Problem>(), problem => Assert.InRange(ErrorAnswers.StatusOf(problem), 400, 599));

    [Fact]
    public void Remedies_in_the_words_of_CSharp_are_left_out()
    {
        var error = new PromptADException(new Diagnostic(Problem.Refused, "It would harm.") { Remedy = "Use {0}.", Option = "FeedbackOptions.Force" });

        Assert.Equal((StatusCodes.Status409Conflict, "It would harm."), ErrorAnswers.Read(error));
    }
}
