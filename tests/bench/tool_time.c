/* Runs a command once and tells what it took:
 *
 *     tool_time OUT COMMAND...
 *
 * Standard output goes to the file OUT. One line to standard output: seconds by the wall, seconds of
 * processor, the peak of memory in MB. Exits as the command does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
    struct timespec a, b;
    struct rusage u;
    int status;
    if (argc < 3) return 2;
    clock_gettime(CLOCK_MONOTONIC, &a);
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
        int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0) execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (wait4(child, &status, 0, &u) != child) return 2;
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%.4f %.4f %.1f\n", (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9,
           seconds_of(u.ru_utime) + seconds_of(u.ru_stime), (double)u.ru_maxrss / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
